// The code files that Linkway ships.
#include <algorithm>
#include <string>

#include "catch.h"
#include "terminology/terminology.h"

using namespace linkway;
using terminology::Terminology;

namespace {

constexpr std::string_view snomed = "http://snomed.info/sct";
constexpr std::string_view events = "https://linkway.uk/fhir/ConceptMap/social-prescribing-event";
constexpr std::string_view legacy = "https://linkway.uk/fhir/ConceptMap/legacy-to-snomed";
constexpr std::string_view near = "https://linkway.uk/fhir/ValueSet/near-social-prescribing";
constexpr std::string_view emis_local = "https://linkway.uk/fhir/CodeSystem/emis-local";

const Terminology& shipped() {
    static const Terminology terminology = [] {
        Terminology loaded;
        const text::Issues issues = loaded.load(LINKWAY_SOURCE_DIR "/mappings/codes");
        for (const text::Issue& issue : issues) {
            UNSCOPED_INFO(text::to_string(issue));
        }
        CHECK(issues.empty());
        return loaded;
    }();
    return terminology;
}

/// "code equivalence" of each target.
std::string targets(std::string_view map, std::string_view system, std::string_view code) {
    std::string out;
    for (const auto& translation : shipped().translate(map, system, code)) {
        out += out.empty() ? "" : ", ";
        out += translation.target.code;
        out += ' ';
        out += translation.equivalence;
    }
    return out;
}

bool holds(std::string_view set, std::string_view system, std::string_view code) {
    return shipped().member_of(set, system, code) == terminology::Membership::yes;
}

}  // namespace

TEST_CASE("The shipped code files load without an issue") {
    // Those that all systems share; each system adds some of its own.
    const auto urls = shipped().urls();
    for (const char* url : {
             "https://linkway.uk/fhir/CodeSystem/social-prescribing-event",
             "https://linkway.uk/fhir/ConceptMap/legacy-to-snomed",
             "https://linkway.uk/fhir/ConceptMap/social-prescribing-event",
             "https://linkway.uk/fhir/ValueSet/inbound-referral",
             "https://linkway.uk/fhir/ValueSet/link-worker-role",
             "https://linkway.uk/fhir/ValueSet/near-social-prescribing",
             "https://linkway.uk/fhir/ConceptMap/emis-sex",
             "https://linkway.uk/fhir/ConceptMap/emis-urgency",
             "https://linkway.uk/fhir/ConceptMap/vision-sex",
             "https://linkway.uk/fhir/CodeSystem/vision-hcp-type",
             "https://linkway.uk/fhir/ValueSet/vision-link-worker-type",
             "https://linkway.uk/fhir/ValueSet/vision-referral-type",
         }) {
        INFO(url);
        CHECK(std::count(urls.begin(), urls.end(), url) == 1);
    }
}

TEST_CASE("Record codes become social prescribing events") {
    CHECK(targets(events, snomed, "871691000000100") == "offered equivalent");
    CHECK(targets(events, snomed, "871731000000106") == "referred equivalent");
    CHECK(targets(events, snomed, "871711000000103") == "declined equivalent");
    CHECK(targets(events, snomed, "1084281000000109") == "signposted equivalent");
    CHECK(targets(events, snomed, "1362931000000106") == "seen equivalent");
    CHECK(targets(events, snomed, "1362721000000106") == "closed equivalent");
    CHECK(targets(events, "http://read.info/readv2", "8T09.") == "referred equivalent");
    CHECK(targets(events, "http://read.info/ctv3", "XaaEC") == "referred equivalent");
    CHECK(targets(events, emis_local, "EMISNQRE582") == "referred wider");
    CHECK(targets(events, snomed, "390893007").empty());
    // Every target has a meaning of its own in the code system.
    const auto target = shipped().translate(events, snomed, "1362931000000106")[0].target;
    CHECK(target.system == "https://linkway.uk/fhir/CodeSystem/social-prescribing-event");
    CHECK(shipped().display(target.system, "seen") == "Seen by link worker");
    CHECK(shipped().display(snomed, "871731000000106") == "Referral to social prescribing service");
}

TEST_CASE("Legacy codes become SNOMED CT") {
    CHECK(targets(legacy, "http://read.info/readv2", "8T09.") == "871731000000106 equivalent");
    CHECK(targets(legacy, "http://read.info/ctv3", "XaaEC") == "871731000000106 equivalent");
    CHECK(targets(legacy, emis_local, "EMISNQRE582") == "871731000000106 wider");
    CHECK(targets(legacy, "http://read.info/readv2", "8T090").empty());
}

TEST_CASE("What is near social prescribing is never an event of it") {
    const auto codes = shipped().expand(near).value();
    CHECK(codes.size() == 17);
    for (const auto& coding : codes) {
        INFO(coding.code);
        CHECK(targets(events, coding.system, coding.code).empty());
        CHECK_FALSE(coding.display.empty());
        if (coding.system == snomed) {
            CHECK(terminology::is_valid_concept_id(coding.code));
        } else {
            CHECK(terminology::canonical_read_code(coding.code) == coding.code);
        }
    }
    CHECK(holds(near, snomed, "1156338001"));
    CHECK(holds(near, "http://read.info/ctv3", "XaZKe"));
    CHECK_FALSE(holds(near, snomed, "871731000000106"));
}

TEST_CASE("Inbound referrals, roles, urgency and sex") {
    CHECK(shipped().expand("https://linkway.uk/fhir/ValueSet/inbound-referral")->size() == 1);
    CHECK(holds("https://linkway.uk/fhir/ValueSet/inbound-referral", emis_local, "EMISNQRE582"));
    CHECK(shipped().expand("https://linkway.uk/fhir/ValueSet/link-worker-role")->size() == 1);
    CHECK(holds("https://linkway.uk/fhir/ValueSet/link-worker-role", "", "R9815"));
    CHECK_FALSE(holds("https://linkway.uk/fhir/ValueSet/link-worker-role", "", "R9807"));

    constexpr std::string_view urgency = "https://linkway.uk/fhir/ConceptMap/emis-urgency";
    constexpr std::string_view urgencies =
        "https://linkway.uk/fhir/CodeSystem/emis-referral-urgency";
    CHECK(targets(urgency, urgencies, "Routine") == "routine equivalent");
    CHECK(targets(urgency, urgencies, "Urgent") == "urgent equivalent");
    for (const std::string_view other : {"Soon", "2 Week Wait", "Dated"}) {
        CHECK(targets(urgency, urgencies, other) == " unmatched");
    }
    CHECK(targets(urgency, urgencies, "Whenever").empty());

    constexpr std::string_view sex = "https://linkway.uk/fhir/ConceptMap/emis-sex";
    constexpr std::string_view sexes = "https://linkway.uk/fhir/CodeSystem/emis-sex";
    CHECK(targets(sex, sexes, "M") == "male equivalent");
    CHECK(targets(sex, sexes, "F") == "female equivalent");
    CHECK(targets(sex, sexes, "I") == "other wider");
    CHECK(targets(sex, sexes, "U") == "unknown equivalent");
}
