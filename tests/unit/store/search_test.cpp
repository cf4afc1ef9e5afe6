// Searching: criteria, sorting, pages.
#include "fixture.h"
#include "store/moment.h"
#include "store/searchable.h"

using namespace linkway;
using namespace linkway::store;
using linkway::store::test::Fixture;

namespace {

using Ids = std::vector<std::string>;

Criterion value(std::string parameter, std::vector<Wanted> any_of, bool negated = false) {
    return {Criterion::Kind::value, std::move(parameter), std::move(any_of), negated};
}
Wanted token(std::string code) {
    return {std::nullopt, std::move(code), Compare::equal, 0, 0};
}
Wanted token(std::string system, std::string code) {
    return {std::move(system), std::move(code), Compare::equal, 0, 0};
}
Criterion date(std::string parameter, Compare compare, const std::string& text) {
    const auto moments = moments_of(text);
    REQUIRE(moments);
    const auto kind =
        parameter == "_lastUpdated" ? Criterion::Kind::last_updated : Criterion::Kind::date;
    return {kind, std::move(parameter), {{{}, {}, compare, moments->from, moments->to}}, false};
}

void fill(Fixture& fixture) {
    const auto request = [&](const std::string& id, const std::string& patient,
                             const std::string& status, const std::string& authored,
                             const std::string& more = "") {
        fixture.put(R"({"resourceType":"ServiceRequest","id":")" + id + R"(","status":")" + status +
                        R"(","intent":"order","subject":{"reference":"Patient/)" + patient + "\"}" +
                        (authored.empty() ? "" : R"(,"authoredOn":")" + authored + "\"") +
                        R"(,"identifier":[{"system":"https://x/id","value":"n-)" + id + "\"}]" +
                        more + "}",
                    moments_of("2026-11-2" + id.substr(1))->from);
    };
    request("r1", "a", "active", "2026-11-01");
    request("r2", "a", "completed", "2026-11-02T10:00:00Z",
            R"(,"code":{"coding":[{"system":"http://snomed.info/sct","code":"871731000000106"}]})");
    request("r3", "b", "active", "2026-10",
            R"(,"requester":{"identifier":{"system":"https://ods","value":"A81001"}})");
    request("r4", "b", "revoked", "");
}

Search requests(std::vector<Criterion> all_of) {
    return {"ServiceRequest", std::move(all_of), std::nullopt, 50, {}};
}

}  // namespace

TEST_CASE("tokens, references and identifiers find what has them", "[store][search]") {
    Fixture fixture("search");
    fill(fixture);
    CHECK(fixture.ids(requests({})) == Ids{"r1", "r2", "r3", "r4"});
    CHECK(fixture.ids(requests({value("status", {token("active")})})) == Ids{"r1", "r3"});
    CHECK(fixture.ids(requests({value("status", {token("active"), token("revoked")})})) ==
          Ids{"r1", "r3", "r4"});
    CHECK(fixture.ids(requests({value("status", {token("active")}, true)})) == Ids{"r2", "r4"});
    CHECK(fixture.ids(requests({value("subject", {token("Patient", "a")})})) == Ids{"r1", "r2"});
    CHECK(fixture.ids(requests({value("subject", {token("a")})})) == Ids{"r1", "r2"});
    CHECK(fixture.ids(requests({value("subject", {token("Group", "a")})})).empty());
    CHECK(fixture.ids(requests({value("subject", {token("Patient", "a")}),
                                value("status", {token("active")})})) == Ids{"r1"});
    CHECK(fixture.ids(requests({value("identifier", {token("https://x/id", "n-r3")})})) ==
          Ids{"r3"});
    CHECK(fixture.ids(requests({value("identifier", {token("https://y", "n-r3")})})).empty());
    CHECK(fixture.ids(requests({value("identifier", {token("https://x/id", "")})})).size() == 4);
    CHECK(fixture.ids(requests({value("identifier", {token("", "n-r3")})})).empty());
    CHECK(fixture.ids(requests({value("code", {token("871731000000106")})})) == Ids{"r2"});
    CHECK(fixture.ids(requests(
              {value("requester:identifier", {token("https://ods", "A81001")})})) == Ids{"r3"});
    CHECK(
        fixture.ids(requests({{Criterion::Kind::id, "_id", {token("r4"), token("r1")}, false}})) ==
        Ids{"r1", "r4"});
    CHECK(fixture.ids(requests({{Criterion::Kind::missing, "code", {}, true}})) == Ids{"r2"});
    CHECK(fixture.ids(requests({{Criterion::Kind::missing, "authored", {}, false}})) == Ids{"r4"});
}

TEST_CASE("dates are compared as ranges", "[store][search]") {
    Fixture fixture("dates");
    fill(fixture);
    const auto found = [&](Compare compare, const std::string& text) {
        return fixture.ids(requests({date("authored", compare, text)}));
    };
    CHECK(found(Compare::equal, "2026-11") == Ids{"r1", "r2"});
    CHECK(found(Compare::equal, "2026-10") == Ids{"r3"});
    CHECK(found(Compare::equal, "2026-10-05").empty());
    CHECK(found(Compare::equal, "2026") == Ids{"r1", "r2", "r3"});
    CHECK(found(Compare::not_equal, "2026-11") == Ids{"r3"});
    CHECK(found(Compare::greater, "2026-11-01") == Ids{"r2"});
    CHECK(found(Compare::greater_or_equal, "2026-11-01") == Ids{"r1", "r2"});
    CHECK(found(Compare::less, "2026-11-01") == Ids{"r3"});
    CHECK(found(Compare::less_or_equal, "2026-11-01") == Ids{"r1", "r3"});
    CHECK(found(Compare::starts_after, "2026-10") == Ids{"r1", "r2"});
    CHECK(found(Compare::ends_before, "2026-11") == Ids{"r3"});
    CHECK(fixture.ids(requests({date("_lastUpdated", Compare::greater_or_equal, "2026-11-23")})) ==
          Ids{"r3", "r4"});
}

TEST_CASE("pages go through everything once, in any order", "[store][search]") {
    Fixture fixture("pages");
    fill(fixture);
    for (const std::size_t count : {1U, 2U, 3U, 4U, 5U}) {
        Search search = requests({});
        search.count = count;
        CHECK(fixture.ids(search) == Ids{"r1", "r2", "r3", "r4"});
        search.sort = SortKey{"authored", false};
        CHECK(fixture.ids(search) == Ids{"r3", "r1", "r2", "r4"});
        search.sort = SortKey{"authored", true};
        CHECK(fixture.ids(search) == Ids{"r2", "r1", "r3", "r4"});
        search.sort = SortKey{"_lastUpdated", true};
        CHECK(fixture.ids(search) == Ids{"r4", "r3", "r2", "r1"});
        search.sort = SortKey{"_id", true};
        CHECK(fixture.ids(search) == Ids{"r4", "r3", "r2", "r1"});
    }
    Search search = requests({});
    search.count = 2;
    search.after = "nonsense";
    CHECK_FALSE(fixture.find(search).valid);
    search.after = fixture.find(requests({})).next;
    // What comes in between two pages moves none of those that were there.
    search = requests({});
    search.count = 2;
    const Page first = fixture.find(search);
    fixture.put(R"({"resourceType":"ServiceRequest","id":"r0","status":"active","intent":"order",)"
                R"("subject":{"reference":"Patient/a"}})");
    search.after = first.next;
    CHECK(fixture.ids(search) == Ids{"r3", "r4", "r0"});
}

TEST_CASE("an update moves what a resource is found by", "[store][search]") {
    Fixture fixture("reindex");
    fill(fixture);
    fixture.put(R"({"resourceType":"ServiceRequest","id":"r1","status":"revoked","intent":"order",)"
                R"("subject":{"reference":"Patient/b"},"authoredOn":"2020"})");
    CHECK(fixture.ids(requests({value("status", {token("active")})})) == Ids{"r3"});
    CHECK(fixture.ids(requests({value("subject", {token("Patient", "a")})})) == Ids{"r2"});
    CHECK(fixture.ids(requests({value("identifier", {token("n-r1")})})).empty());
    CHECK(fixture.ids(requests({date("authored", Compare::less, "2021")})) == Ids{"r1"});
    REQUIRE_FALSE(fixture.store().write([](Writer& writer) {
        writer.remove({"ServiceRequest", "r1"}, {"test", "r", 1});
        return text::Status();
    }));
    CHECK(fixture.ids(requests({value("subject", {token("Patient", "b")})})) == Ids{"r3", "r4"});
    REQUIRE_FALSE(fixture.store().read([](Reader& reader) {
        CHECK(reader.count({"ServiceRequest", {}, {}, 1, {}}, Reach::all()) == 3);
        return text::Status();
    }));
}

TEST_CASE("nothing that is searched for is taken for SQL", "[store][search]") {
    Fixture fixture("injection");
    fill(fixture);
    for (const std::string text :
         {"' OR 1=1 --", "\"; DROP TABLE resource; --", "%", "*", "a' --"}) {
        CHECK(fixture.ids(requests({value("status", {token(text)})})).empty());
        CHECK(fixture.ids(requests({value("subject", {token(text, text)})})).empty());
        CHECK(fixture.ids(requests({{Criterion::Kind::id, "_id", {token(text)}, false}})).empty());
        CHECK(fixture.ids({text, {}, {}, 50, {}}).empty());
        CHECK(fixture.ids(requests({}), Reach{false, {text}}).empty());
    }
    CHECK(fixture.ids(requests({})).size() == 4);
}

TEST_CASE("the parameters of a referral exchange are there", "[store][search]") {
    const auto has = [](const char* type, std::initializer_list<const char*> codes) {
        for (const char* code : codes) {
            INFO(type << " " << code);
            CHECK(searchable(type, code) != nullptr);
        }
    };
    has("ServiceRequest", {"identifier", "patient", "subject", "status", "code", "authored",
                           "requester", "performer", "based-on"});
    has("Task", {"identifier", "patient", "subject", "status", "code", "authored-on", "owner",
                 "requester", "focus", "based-on", "part-of", "business-status", "period"});
    has("Encounter", {"date", "patient", "status", "part-of"});
    has("Observation", {"date", "patient", "code", "status", "based-on"});
    has("PractitionerRole", {"organization", "practitioner", "identifier", "date"});
    CHECK(searchable("Task", "patient")->stored_as == "subject");
    CHECK(searchable("Task", "patient")->only == "Patient");
    CHECK(searchable("Task", "no-such") == nullptr);
    CHECK(searchable("NoType").empty());
    CHECK_FALSE(is_served("Bundle"));
    for (const auto type : served_types()) {
        CHECK(is_served(type));
    }
}

TEST_CASE("moments", "[store][search]") {
    const auto range = [](const char* text) {
        const auto moments = moments_of(text);
        REQUIRE(moments);
        return to_instant(moments->from) + " " + to_instant(moments->to);
    };
    CHECK(range("2026-11-23T17:05:28.123Z") == "2026-11-23T17:05:28.123Z 2026-11-23T17:05:28.123Z");
    CHECK(range("2026-11-23T17:05:28.1Z") == "2026-11-23T17:05:28.100Z 2026-11-23T17:05:28.199Z");
    CHECK(range("2026-11-23T17:05:28+01:00") ==
          "2026-11-23T16:05:28.000Z 2026-11-23T16:05:28.999Z");
    CHECK(range("2026-07-01T00:30") == "2026-06-30T23:30:00.000Z 2026-06-30T23:30:59.999Z");
    CHECK(range("2026-07-01") == "2026-06-30T23:00:00.000Z 2026-07-01T22:59:59.999Z");
    CHECK(range("2026-03-29") == "2026-03-29T00:00:00.000Z 2026-03-29T22:59:59.999Z");
    CHECK(range("2026-12") == "2026-12-01T00:00:00.000Z 2026-12-31T23:59:59.999Z");
    CHECK(range("2024") == "2024-01-01T00:00:00.000Z 2024-12-31T23:59:59.999Z");
    CHECK(range("1969-12-31T23:59:59Z") == "1969-12-31T23:59:59.000Z 1969-12-31T23:59:59.999Z");
    for (const char* text : {"", "26", "2026-13", "2026-02-30", "2026-11-23T25:00:00Z", "now",
                             "2026-11-23T17", "2026-11-23T17:05:28.Z"}) {
        INFO(text);
        CHECK_FALSE(moments_of(text));
    }
}
