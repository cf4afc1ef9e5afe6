// Resources to events and back, where a history as a case would hide the point.
#include "catch.h"
#include "referrals/derive.h"
#include "referrals/events_of.h"
#include "shipped.h"

using namespace linkway;
using namespace linkway::referrals;

namespace {

text::Document json(const std::string& text) {
    auto document = text::parse_json(text, "resource");
    REQUIRE(document.ok());
    return std::move(document).value();
}

Intake intake(Origin origin = Origin::fhir) {
    return {
        shipped(), shipped_measures(), shipped_codes(), "e1", {}, origin, "2026-03-01T09:00:00Z",
        {}};
}

std::vector<Event> events(const std::string& next, const std::string& previous = "",
                          Origin origin = Origin::fhir) {
    text::Issues issues;
    const auto now = json(next);
    if (previous.empty()) {
        return events_of(now.root(), nullptr, intake(origin), issues);
    }
    const auto before = json(previous);
    return events_of(now.root(), &before.root(), intake(origin), issues);
}

const std::string fulfil = R"("code":{"coding":[{"code":"fulfill"}]},)";

}  // namespace

TEST_CASE("a version that changes nothing of the referral is no event") {
    const std::string task = R"({"resourceType":"Task","id":"t",)" + fulfil +
                             R"("status":"accepted","lastModified":"2026-02-01T09:00:00Z")";
    CHECK(events(task + "}").size() == 1);
    CHECK(events(task + R"(,"description":"more"})", task + "}").empty());
    CHECK(events(task + R"(,"output":[{}]})", task + "}").size() == 1);
    CHECK(events(task + R"(,"owner":{"reference":"Organization/o"}})", task + "}").front().owner ==
          "Organization/o");
}

TEST_CASE("the same version gives the same event, another one another") {
    const auto of = [](const char* version) {
        return events(R"({"resourceType":"Task","id":"t","meta":{"versionId":")" +
                      std::string(version) + R"("},)" + fulfil + R"("status":"accepted"})")
            .front();
    };
    CHECK(of("3").id == of("3").id);
    CHECK(of("3").id != of("4").id);
}

TEST_CASE("what tells of no referral gives no event") {
    for (const char* resource :
         {R"({"resourceType":"Patient","id":"p"})", R"({"resourceType":"Task","id":"t"})",
          R"({"resourceType":"Encounter","id":"e","status":"unknown"})",
          R"({"resourceType":"Observation","id":"o","status":"cancelled"})",
          R"({"resourceType":"Communication","id":"c","status":"in-progress"})",
          R"({"resourceType":"QuestionnaireResponse","id":"q","status":"in-progress"})", "{}", "[]",
          "3", R"({"resourceType":[]})", R"({"resourceType":"Task","status":{}})"}) {
        INFO(resource);
        CHECK(events(resource).empty());
    }
}

TEST_CASE("a resource leads to its episode") {
    const auto request = json(
        R"({"resourceType":"ServiceRequest","id":"s","requisition":{"system":"https://linkway.uk/fhir/Id/episode","value":"e7"}})");
    CHECK(links_of(request.root()).episode == "e7");
    const auto task = json(
        R"({"resourceType":"Task","groupIdentifier":{"system":"https://example.org","value":"e7"},"focus":{"reference":"ServiceRequest/s/_history/3"},"partOf":[{"reference":"Task/t"}]})");
    CHECK(links_of(task.root()).episode.empty());
    CHECK(links_of(task.root()).referrals ==
          std::vector<std::string>{"ServiceRequest/s", "Task/t"});
    const auto encounter = json(
        R"({"resourceType":"Encounter","basedOn":[{"reference":"https://gp.example.org/fhir/ServiceRequest/s"}]})");
    CHECK(links_of(encounter.root()).referrals ==
          std::vector<std::string>{"https://gp.example.org/fhir/ServiceRequest/s"});
}

TEST_CASE("every raw score of SWEMWBS has its metric, and no other") {
    const Measure* measure = shipped_measures().find("http://snomed.info/sct", "718466001");
    REQUIRE(measure != nullptr);
    CHECK(measure->metric.size() == 29);
    CHECK(measure->score("7")->metric == "7.00");
    CHECK(measure->score("20.0")->metric == "18.59");
    CHECK(measure->score("35")->metric == "35.00");
    for (const char* refused : {"6", "36", "20.5", "-7", "7e1", "", "x"}) {
        INFO(refused);
        CHECK_FALSE(measure->score(refused).ok());
    }
}

TEST_CASE("of the four ONS4 scores each is from 0 to 10, and only anxiety is better when less") {
    const std::string system = "https://linkway.uk/fhir/CodeSystem/wellbeing-measure";
    for (const char* code : {"life-satisfaction", "worthwhile", "happiness", "anxiety"}) {
        const Measure* measure = shipped_measures().find(system, std::string("ons4-") + code);
        REQUIRE(measure != nullptr);
        CHECK(measure->score("0").ok());
        CHECK(measure->score("10").ok());
        CHECK_FALSE(measure->score("11").ok());
        CHECK(measure->lower_is_better == (code == std::string("anxiety")));
    }
    CHECK_FALSE(shipped_measures().find(system, "ons4")->score("20").ok());
}

TEST_CASE("what a replay does not know of a Task stays, byte for byte") {
    const std::string bytes =
        R"({"resourceType":"Task","id":"t","contained":[{"resourceType":"Basic"}],"status":"requested",)"
        R"("_status":{"id":"x"},"statusReason":{"coding":[{"code":"c"}]},"restriction":{"repetitions":1},)"
        R"("input":[{"valueDecimal":1.10}]})";
    const auto task = json(bytes);
    CHECK(apply_task(task.root(), {}, shipped(), shipped_codes()) == bytes);
    const Replayed same = [&] {
        Event event;
        event.id = "a";
        event.kind = EventKind::task;
        event.task = event.resource = "Task/t";
        event.status = "requested";
        event.actor.role = "practice";
        const std::vector<Event> all = {event};
        return replay(all, shipped(), shipped_measures(), {});
    }();
    CHECK(apply_task(task.root(), same, shipped(), shipped_codes()) == bytes);
}

TEST_CASE("a policy says what is wrong with it") {
    const auto good = json(R"({"confirm":"by-person","transitions":"lenient","abort":"direct"})");
    text::Issues issues;
    CHECK(parse_policy(good, good.root(), issues) ==
          Policy{Confirm::by_person, Strictness::lenient, Abort::direct});
    const auto empty = json("{}");
    CHECK(parse_policy(empty, empty.root(), issues) == Policy{});
    CHECK(issues.empty());
    const auto bad = json(R"({"confirm":"by-persn","transition":"strict","abort":true})");
    parse_policy(bad, bad.root(), issues);
    REQUIRE(issues.size() == 3);
    CHECK(issues[0].suggestion == "did you mean \"transitions\"?");
    CHECK(issues[1].suggestion == "did you mean \"by-person\"?");
}

TEST_CASE("an event that is none is refused with its place") {
    const auto unknown = json(R"({"id":"a","kind":"contakt"})");
    REQUIRE_FALSE(event_from(unknown, unknown.root()).ok());
    CHECK(event_from(unknown, unknown.root()).issue().suggestion == "did you mean \"contact\"?");
    const auto without = json(R"({"kind":"contact"})");
    CHECK_FALSE(event_from(without, without.root()).ok());
    const auto no_object = json("[]");
    CHECK_FALSE(event_from(no_object, no_object.root()).ok());
}
