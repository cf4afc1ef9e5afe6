// The story of resources that were put into the store as they are, without any events: what
// collect() tells of those alone. Whole stories are tests/pages.
#include "pages/story.h"

#include "../store/fixture.h"

using namespace linkway;
using namespace linkway::pages;
using store::test::Fixture;

namespace {

constexpr store::Instant march = 1'772'323'200'000;  // 2026-03-01

const loop::Knowledge& knowledge() {
    static const auto loaded = [] {
        text::Issues issues;
        auto made = loop::load_knowledge(LINKWAY_SOURCE_DIR "/mappings", issues);
        REQUIRE(issues.empty());
        return made;
    }();
    return *loaded;
}

text::Result<Story> told(Fixture& fixture, const store::Reach& reach = store::Reach::all(),
                         std::string_view patient = "p1") {
    text::Result<Story> story = text::Issue{};
    REQUIRE_FALSE(fixture.store().read([&](store::Reader& reader) {
        story = collect(reader, patient, reach, march, {knowledge(), {}});
        return text::Status();
    }));
    return story;
}

void put_referral(Fixture& fixture) {
    fixture.put(R"({"resourceType":"Organization","id":"o1","name":"Testerton Surgery",
        "identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A99901"}]})");
    fixture.put(
        R"({"resourceType":"Patient","id":"p1","name":[{"family":"Ölander","given":["Åsa"]}],
        "managingOrganization":{"reference":"Organization/o1"}})");
    fixture.put(R"({"resourceType":"ServiceRequest","id":"s1","status":"active","intent":"order",
        "subject":{"reference":"Patient/p1"},"authoredOn":"2026-01-05",
        "requester":{"display":"Dr Teasel"}})");
    fixture.put(R"({"resourceType":"Task","id":"t1","status":"completed","intent":"order",
        "focus":{"reference":"ServiceRequest/s1"},"for":{"reference":"Patient/p1"},
        "statusReason":{"text":"Goals reached"},"executionPeriod":{"end":"2026-02-02"}})");
}

std::string observation(const std::string& id, const std::string& rest) {
    return R"({"resourceType":"Observation","id":")" + id +
           R"(","status":"final","basedOn":[{"reference":"ServiceRequest/s1"}],
        "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-01-20",)" +
           rest + "}";
}

}  // namespace

TEST_CASE("Without events the Task tells how a referral ended", "[pages]") {
    Fixture fixture("pages-no-events");
    put_referral(fixture);
    const auto story = told(fixture);
    REQUIRE(story.ok());
    CHECK(story->patient.name == "ÖLANDER, Åsa");
    CHECK(story->practice_ods == "A99901");
    REQUIRE(story->episodes.size() == 1);
    const Episode& episode = story->episodes[0];
    CHECK_FALSE(episode.open);
    CHECK(episode.status == "Completed");
    CHECK(episode.why == "Goals reached");
    CHECK(episode.ended == "2026-02-02");
    CHECK(episode.asked_by.name == "Dr Teasel");
    REQUIRE(episode.timeline.size() == 2);
    CHECK(episode.timeline[0].title == "Completed");
    CHECK(episode.timeline[0].filing == Filing::not_sent);
    CHECK(episode.timeline[1].kind == Entry::Kind::referral);
    CHECK(episode.silent_days == 0);
}

TEST_CASE("A patient out of reach is as one who is not there", "[pages]") {
    Fixture fixture("pages-reach");
    put_referral(fixture);
    for (const auto& story : {told(fixture, {false, {"A99902"}}), told(fixture, {false, {}}),
                              told(fixture, store::Reach::all(), "p2"),
                              told(fixture, store::Reach::all(), "../Patient/p1/x"),
                              told(fixture, store::Reach::all(), "")}) {
        REQUIRE_FALSE(story.ok());
        CHECK(story.issue().code == "not-found");
    }
    CHECK(told(fixture, {false, {"A99901"}}).ok());
}

TEST_CASE("A score that a measure cannot have is told and not drawn", "[pages]") {
    Fixture fixture("pages-scores");
    put_referral(fixture);
    fixture.put(observation("ob1", R"("code":{"coding":[{"system":
        "https://linkway.uk/fhir/CodeSystem/wellbeing-measure","code":"ons4-anxiety"}]},
        "valueInteger":11)"));
    fixture.put(observation("ob2", R"("code":{"coding":[{"system":"http://snomed.info/sct",
        "code":"718466001"}]},"valueQuantity":{"value":22})"));
    const auto story = told(fixture);
    REQUIRE(story.ok());
    const Episode& episode = story->episodes.at(0);
    REQUIRE(episode.scores.size() == 1);
    const Series& series = episode.scores[0].series.at(0);
    CHECK(series.measure == "swemwbs");
    CHECK(series.points.at(0).value == "22");
    CHECK(series.points.at(0).metric == "19.98");
    CHECK(episode.timeline.size() == 4);
    CHECK(unfiled(episode).size() == 3);
}

TEST_CASE("What was entered in error is not told", "[pages]") {
    Fixture fixture("pages-error");
    put_referral(fixture);
    fixture.put(R"({"resourceType":"Observation","id":"ob1","status":"entered-in-error",
        "basedOn":[{"reference":"ServiceRequest/s1"}],"subject":{"reference":"Patient/p1"},
        "code":{"text":"Wrong patient"},"valueString":"x"})");
    const auto story = told(fixture);
    REQUIRE(story.ok());
    CHECK(story->episodes.at(0).timeline.size() == 2);
    CHECK(story->others.empty());
}

TEST_CASE("A page is of a bounded number of resources, and says so", "[pages]") {
    Fixture fixture("pages-many");
    put_referral(fixture);
    std::vector<store::Prepared> many;
    for (int i = 0; i < 1'200; ++i) {
        many.push_back(Fixture::prepared(
            observation("ob" + std::to_string(i), R"("code":{"text":"Note"},"valueString":"x")")));
    }
    REQUIRE_FALSE(fixture.store().write([&](store::Writer& writer) {
        for (const store::Prepared& each : many) {
            writer.put(each, {"test", "request", 2'000});
        }
        return text::Status();
    }));
    const auto story = told(fixture);
    REQUIRE(story.ok());
    CHECK_FALSE(story->complete);
    CHECK(story->episodes.at(0).timeline.size() == 1'002);
}
