#include "profiles/validator.h"

#include <set>
#include <string>
#include <thread>

#include "catch.h"

using namespace linkway;

namespace {

const profiles::Validator& validator() {
    static const profiles::Validator made;
    return made;
}

text::Document parsed(const std::string& json) {
    auto document = text::parse_json(json, "r.json");
    REQUIRE(document.ok());
    return std::move(document).value();
}

text::Issues issues(const std::string& json, const profiles::Options& options = {}) {
    const text::Document document = parsed(json);
    return validator().validate(document.root(), options);
}

}  // namespace

TEST_CASE("A place is that of the file, wherever the resource's text begins in it") {
    profiles::Options options;
    options.file = "fhir/Task.ndjson";
    options.first_line = 41;
    const text::Issues found = issues(R"({"resourceType": "Patient", "gendr": "male"})", options);
    REQUIRE(found.size() == 1);
    CHECK(text::to_string(found[0]).starts_with("fhir/Task.ndjson:41:29: error: "));
}

TEST_CASE("Advice is given only when it is asked for") {
    const std::string patient = R"({"resourceType": "Patient"})";
    CHECK(issues(patient).empty());
    profiles::Options options;
    options.best_practice = true;
    const text::Issues found = issues(patient, options);
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == text::Severity::warning);
    CHECK(found[0].message.find("dom-6") != std::string::npos);
}

TEST_CASE("Invariants can be left out, structure can't") {
    profiles::Options options;
    options.invariants = false;
    CHECK(issues(R"({"resourceType": "Organization"})").size() == 1);  // org-1
    CHECK(issues(R"({"resourceType": "Organization"})", options).empty());
    CHECK(issues(R"({"resourceType": "Organization", "extension": [{"url": "u"}]})", options)
              .size() == 1);
}

TEST_CASE("What is no object is no resource") {
    for (const char* json : {"1", "[]", "\"Patient\"", "null", "{}", "[{}]"}) {
        INFO(json);
        CHECK(issues(json).size() == 1);
    }
}

TEST_CASE("A resource of mistakes only ends in one that says there are more") {
    std::string json = R"({"resourceType": "Patient")";
    for (int i = 0; i < 2'000; ++i) {
        json += ", \"wrong" + std::to_string(i) + "\": 1";
    }
    const text::Issues found = issues(json + "}");
    CHECK(found.size() == profiles::most_issues);
    CHECK(found.back().message.find("more") != std::string::npos);
    CHECK(found.back().suggestion.empty());
}

TEST_CASE("A resource nested as deep as may be is refused, not followed") {
    std::string json = R"({"resourceType": "Basic", "code": {"text": "x"}, "extension": )";
    std::string end = "}";
    for (int i = 0; i < 300; ++i) {
        json += R"([{"url": "u", "extension": )";
        end.insert(0, "}]");
    }
    const auto document = text::parse_json(json + R"([{"url": "u", "valueBoolean": true}])" + end,
                                           "d.json", {std::size_t{1} << 20, 1'000});
    REQUIRE(document.ok());
    const text::Issues found = validator().validate(document->root());
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("deep") != std::string::npos);
}

TEST_CASE("No issue holds a value of the resource") {
    const std::string secret = "Cholmondeley";
    const std::string json =
        R"({"resourceType": "Patient", "id": "$_$", "gender": "$", "active": "$",
        "birthDate": "$", "$ $": 1, "name": "$", "telecom": [{"system": "$", "value": " $", "rank": "$"}],
        "contact": [{"gender": "$", "relationship": [{"coding": [{"system": "$ $", "code": " $ "}]}]}],
        "generalPractitioner": [{"reference": "$"}, {"reference": "#$"}, {"type": "$"}, {"reference": "$/1"}],
        "text": {"status": "$", "div": "<div>$</$>"}, "extension": [{"url": "$ $", "valueCode": "$ "}],
        "photo": [{"data": "$"}], "multipleBirthInteger": "$", "deceasedDateTime": "$",
        "contained": [{"resourceType": "$"}, {"resourceType": "Observation", "status": "$",
            "code": {"text": "$"}, "valueString": "$", "dataAbsentReason": {"text": "$"}}]})";
    std::string filled;
    for (const char c : json) {
        filled += c == '$' ? secret : std::string(1, c);
    }
    const text::Issues found = issues(filled);
    CHECK(found.size() > 15);
    for (const text::Issue& issue : found) {
        INFO(text::to_string(issue));
        CHECK(text::to_string(issue).find(secret) == std::string::npos);
    }
}

TEST_CASE("Many threads may ask one validator, from its first moment on") {
    const profiles::Validator fresh;
    const text::Document period = parsed(
        R"({"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
            "period": {"start": "2024-02-01", "end": "2024-01-01"}})");
    const text::Document observation = parsed(
        R"({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "valueString": "x", "dataAbsentReason": {"text": "x"}})");
    std::vector<std::thread> threads;
    std::vector<std::size_t> counts(4, 0);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        threads.emplace_back([&, i] {
            for (int round = 0; round < 200; ++round) {
                counts[i] += fresh.validate(period.root()).size();
                counts[i] += fresh.validate(observation.root()).size();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(counts == std::vector<std::size_t>(4, 400));
}

TEST_CASE("An expression too long to run is said, not passed over") {
    // csd-1 compares every code with every other.
    std::string json =
        R"({"resourceType": "CodeSystem", "status": "draft", "content": "complete", "concept": [)";
    for (int i = 0; i < 20'000; ++i) {
        json += (i == 0 ? "{\"code\": \"c" : ", {\"code\": \"c") + std::to_string(i) + "\"}";
    }
    const text::Issues found = issues(json + "]}");
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == text::Severity::warning);
    CHECK(found[0].code == "too-costly");
    CHECK(found[0].message.find("csd-1 could not be checked") != std::string::npos);
}

TEST_CASE("Many contained resources are found as quickly as few") {
    std::string contained;
    std::string references;
    for (int i = 0; i < 40'000; ++i) {
        const std::string id = "c" + std::to_string(i);
        contained += (i == 0 ? "" : ",") +
                     (R"({"resourceType": "Basic", "code": {"text": "x"}, "id": ")" + id + "\"}");
        references += (i == 0 ? "" : ",") + (R"({"reference": "#)" + id + "\"}");
    }
    CHECK(issues(R"({"resourceType": "Task", "status": "draft", "intent": "plan", "contained": [)" +
                 contained + R"(], "relevantHistory": [], "basedOn": [)" + references + "]}")
              .size() == 1);  // the empty list
}
