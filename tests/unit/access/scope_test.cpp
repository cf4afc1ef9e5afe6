#include "access/scope.h"

#include "catch.h"

using namespace linkway::access;

namespace {

std::string normal(const std::string& text) {
    const auto scopes = Scopes::parse(text);
    return scopes ? scopes->to_string() : "! " + linkway::text::to_string(scopes.issue());
}

}  // namespace

TEST_CASE("scopes are normalised") {
    CHECK(normal("system/Task.rs") == "system/Task.rs");
    CHECK(normal("system/Task.cruds") == "system/Task.cruds");
    CHECK(normal("system/Task.read") == "system/Task.rs");
    CHECK(normal("system/Task.write") == "system/Task.cud");
    CHECK(normal("system/*.*") == "system/*.cruds");
    CHECK(normal("system/Task.r system/Patient.s  system/Task.u") ==
          "system/Patient.s system/Task.ru");
    CHECK(normal("system/Task.cr system/*.rs") == "system/*.rs system/Task.c");
    CHECK(normal("system/Task.r system/*.rs") == "system/*.rs");
    CHECK(normal("").empty());
}

TEST_CASE("other scopes are refused with a reason") {
    CHECK(normal("system/Task.sr").find("did you mean .rs?") != std::string::npos);
    CHECK(normal("system/Task.rr").find("did you mean .r?") != std::string::npos);
    CHECK(normal("system/Observation.rs?category=vital-signs").find("not supported") !=
          std::string::npos);
    for (const char* scope :
         {"patient/Task.rs", "openid", "launch", "system/Task", "system/task.rs", "system/.rs",
          "system/Task.", "system/Ta/sk.rs", "system/Task.x", "system/Task.Read", "SYSTEM/Task.rs",
          "system/T\xC3\xA4sk.rs", "system/Task.rs\"", "offline_access"}) {
        INFO(scope);
        CHECK(normal(scope)[0] == '!');
    }
}

TEST_CASE("what two sets of scopes both allow") {
    const auto both = [](const char* a, const char* b) {
        const auto left = Scopes::parse(a);
        const auto right = Scopes::parse(b);
        CHECK(left->intersect(*right).to_string() == right->intersect(*left).to_string());
        return left->intersect(*right).to_string();
    };
    CHECK(both("system/*.rs", "system/Task.cru") == "system/Task.r");
    CHECK(both("system/Task.rs", "system/Patient.rs").empty());
    CHECK(both("system/*.cruds", "system/*.rs system/Task.u") == "system/*.rs system/Task.u");
    CHECK(both("system/*.r system/Task.u", "system/Task.ru system/*.s") == "system/Task.ru");
    CHECK(both("", "system/*.cruds").empty());
}

TEST_CASE("scopes allow what their letters say") {
    const auto scopes = Scopes::parse("system/*.r system/Task.cus");
    REQUIRE(scopes.ok());
    CHECK(scopes->allows("Patient", Interaction::read));
    CHECK(scopes->allows("Patient", Interaction::vread));
    CHECK(scopes->allows("Patient", Interaction::history_instance));
    CHECK_FALSE(scopes->allows("Patient", Interaction::search_type));
    CHECK_FALSE(scopes->allows("Patient", Interaction::history_type));
    CHECK(scopes->allows("Task", Interaction::search_type));
    CHECK(scopes->allows("Task", Interaction::read));
    CHECK(scopes->allows("Task", Interaction::create));
    CHECK(scopes->allows("Task", Interaction::patch));
    CHECK_FALSE(scopes->allows("Task", Interaction::remove));
    CHECK(scopes->allows("", Interaction::transaction));
    CHECK_FALSE(Scopes().allows("", Interaction::transaction));
    CHECK(Scopes::all().allows("Task", Interaction::remove));
}

TEST_CASE("a type that does not exist is named with the nearest") {
    const auto issues = Scopes::parse("system/Tsak.rs system/*.r system/Patient.r")
                            ->unknown_types({"Patient", "Task"});
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].suggestion == "did you mean \"Task\"?");
}
