// Who sees what, whichever way it is asked for and in whatever order it came.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "fixture.h"

using namespace linkway;
using namespace linkway::store;
using linkway::store::test::Fixture;

namespace {

std::string organisation(const std::string& id, const std::string& ods) {
    return R"({"resourceType":"Organization","id":")" + id +
           R"(","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
           ods + "\"}]}";
}

/// Two practices, A81001 with patient p1 and A81002 with p2; two providers, P1 and P2. p1 is
/// referred to P1 (by Task.owner, who is one of its people), p2 to P2 (by performer).
const std::vector<std::string>& world() {
    static const std::vector<std::string> resources = {
        organisation("practice-1", "A81001"),
        organisation("practice-2", "A81002"),
        organisation("provider-1", "P1"),
        organisation("provider-2", "P2"),
        R"({"resourceType":"Patient","id":"p1","managingOrganization":{"reference":"Organization/practice-1"}})",
        R"({"resourceType":"Patient","id":"p2","managingOrganization":{"identifier":{"system":)"
        R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"A81002"}}})",
        R"({"resourceType":"Practitioner","id":"gp"})",
        R"({"resourceType":"PractitionerRole","id":"gp-role","practitioner":{"reference":"Practitioner/gp"},)"
        R"("organization":{"reference":"Organization/practice-1"}})",
        R"({"resourceType":"PractitionerRole","id":"lw-role","organization":{"reference":"Organization/provider-1"}})",
        R"({"resourceType":"ServiceRequest","id":"s1","status":"active","intent":"order",)"
        R"("subject":{"reference":"Patient/p1"},"requester":{"reference":"PractitionerRole/gp-role"}})",
        R"({"resourceType":"Task","id":"t1","status":"requested","intent":"order",)"
        R"("focus":{"reference":"ServiceRequest/s1"},"for":{"reference":"Patient/p1"},)"
        R"("owner":{"reference":"PractitionerRole/lw-role"}})",
        R"({"resourceType":"ServiceRequest","id":"s2","status":"active","intent":"order",)"
        R"("subject":{"reference":"Patient/p2"},"performer":[{"reference":"Organization/provider-2"}]})",
        R"({"resourceType":"Observation","id":"private","status":"final","code":{"text":"x"},)"
        R"("subject":{"reference":"Patient/p1"}})",
        R"({"resourceType":"Encounter","id":"contact","status":"finished","class":{"code":"AMB"},)"
        R"("subject":{"reference":"Patient/p1"},"basedOn":[{"reference":"ServiceRequest/s1"}],)"
        R"("participant":[{"individual":{"reference":"PractitionerRole/lw-role"}}]})",
        R"({"resourceType":"Provenance","id":"pr","target":[{"reference":"ServiceRequest/s1"}],)"
        R"("recorded":"2026-11-23T00:00:00Z","agent":[{"who":{"reference":"Practitioner/gp"}}]})",
    };
    return resources;
}

std::map<std::string, std::set<std::string>> seen(Fixture& fixture) {
    std::map<std::string, std::set<std::string>> by;
    for (const char* ods : {"A81001", "A81002", "P1", "P2", "OTHER"}) {
        for (const std::string& json : world()) {
            const Key key = Fixture::prepared(json).key;
            if (key.type != "Organization" && fixture.read(key, {false, {ods}})) {
                by[ods].insert(key.id);
            }
        }
    }
    return by;
}

const std::map<std::string, std::set<std::string>> expected = {
    {"A81001", {"p1", "s1", "t1", "private", "contact", "gp-role", "gp", "lw-role", "pr"}},
    {"A81002", {"p2", "s2"}},
    {"P1", {"p1", "s1", "t1", "contact", "gp-role", "gp", "lw-role", "pr"}},
    {"P2", {"p2", "s2"}},
};

}  // namespace

TEST_CASE("practices see their patients, providers what was addressed to them",
          "[store][tenancy]") {
    Fixture fixture("tenancy");
    for (const std::string& json : world()) {
        fixture.put(json);
    }
    CHECK(seen(fixture) == expected);
    CHECK(fixture.read({"Organization", "provider-2"}, {false, {"A81001"}}));
    // An ICB is its practices.
    CHECK(fixture.read({"Patient", "p2"}, {false, {"A81001", "A81002"}}));
    // Nobody in particular sees nothing but directories.
    CHECK_FALSE(fixture.read({"Patient", "p1"}, {false, {}}));
}

TEST_CASE("who sees what does not depend on the order of arrival", "[store][tenancy]") {
    std::vector<std::string> resources = world();
    for (unsigned seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        std::shuffle(resources.begin(), resources.end(), random);
        Fixture fixture("tenancy-order");
        for (const std::string& json : resources) {
            fixture.put(json);
        }
        REQUIRE(seen(fixture) == expected);
    }
}

TEST_CASE("every way of asking keeps to the reach", "[store][tenancy]") {
    Fixture fixture("tenancy-ways");
    for (const std::string& json : world()) {
        fixture.put(json);
    }
    fixture.put(R"({"resourceType":"Task","id":"t1","status":"accepted","intent":"order",)"
                R"("focus":{"reference":"ServiceRequest/s1"},"for":{"reference":"Patient/p1"},)"
                R"("owner":{"reference":"PractitionerRole/lw-role"}})");
    const Reach wrong{false, {"P2"}};
    REQUIRE_FALSE(fixture.store().read([&](Reader& reader) {
        CHECK_FALSE(reader.read({"Task", "t1"}, wrong));
        CHECK_FALSE(reader.read_version({"Task", "t1"}, 1, wrong));
        CHECK_FALSE(reader.read_version({"Task", "t1"}, 2, wrong));
        CHECK(reader.history({"Task", "t1", {}, 50, 0}, wrong).empty());
        CHECK(reader.history({"Task", "", {}, 50, 0}, wrong).empty());
        for (const Change& change : reader.history({}, wrong)) {
            CHECK(change.version.key.id != "t1");
            CHECK(change.version.key.id != "p1");
        }
        CHECK(reader.count({"Task", {}, {}, 10, {}}, wrong) == 0);
        CHECK(reader.search({"Patient", {}, {}, 10, {}}, wrong).matches.size() == 1);
        CHECK(reader.search({"Task", {}, {}, 10, {}}, {false, {"P1"}}).matches.size() == 1);
        CHECK(reader
                  .search({"Task",
                           {{Criterion::Kind::value, "subject", {{{}, "p1", {}, 0, 0}}, false}},
                           {},
                           10,
                           {}},
                          wrong)
                  .matches.empty());
        return text::Status();
    }));
}

TEST_CASE("a referral sent on is seen by whom it is sent to, and no more", "[store][tenancy]") {
    Fixture fixture("tenancy-onward");
    for (const std::string& json : world()) {
        fixture.put(json);
    }
    fixture.put(organisation("charity", "V1"));
    fixture.put(R"({"resourceType":"ServiceRequest","id":"onward","status":"active",)"
                R"("intent":"filler-order","basedOn":[{"reference":"ServiceRequest/s1"}],)"
                R"("subject":{"reference":"Patient/p1"},)"
                R"("performer":[{"reference":"Organization/charity"}]})");
    const Reach charity{false, {"V1"}};
    CHECK(fixture.read({"ServiceRequest", "onward"}, charity));
    CHECK(fixture.read({"Patient", "p1"}, charity));
    CHECK_FALSE(fixture.read({"ServiceRequest", "s1"}, charity));
    CHECK_FALSE(fixture.read({"Encounter", "contact"}, charity));
    for (const char* ods : {"A81001", "P1"}) {
        CHECK(fixture.read({"ServiceRequest", "onward"}, {false, {ods}}));
    }
    CHECK_FALSE(fixture.read({"ServiceRequest", "onward"}, {false, {"P2"}}));
}
