#include "store/searchable.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "fhir/definitions.h"

namespace linkway::store {

namespace {

// What a referral and its story are made of.
constexpr std::array<std::string_view, 24> types = {
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Communication",
    "Condition",
    "Consent",
    "Device",
    "DocumentReference",
    "Encounter",
    "Endpoint",
    "Flag",
    "Goal",
    "HealthcareService",
    "Location",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
};
// Those whose codes stand further on in the alphabet.
constexpr std::array<std::string_view, 3> more_types = {"ServiceRequest", "Subscription", "Task"};

constexpr std::array<std::string_view, 38> codes = {
    "active",
    "actor",
    "authored",
    "authored-on",
    "based-on",
    "birthdate",
    "business-status",
    "category",
    "code",
    "criteria",
    "date",
    "encounter",
    "focus",
    "group-identifier",
    "identifier",
    "intent",
    "location",
    "occurrence",
    "organization",
    "owner",
    "part-of",
    "participant",
    "patient",
    "performer",
    "period",
    "practitioner",
    "priority",
    "questionnaire",
    "recipient",
    "replaces",
    "requester",
    "role",
    "sent",
    "service-category",
    "source",
    "status",
    "subject",
    "target",
};

const std::vector<std::string_view>& all_types() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> made(types.begin(), types.end());
        made.insert(made.end(), more_types.begin(), more_types.end());
        return made;
    }();
    return all;
}

bool is_indexed(const fhir::SearchParameter& parameter) {
    return (parameter.type == fhir::SearchType::token ||
            parameter.type == fhir::SearchType::reference ||
            parameter.type == fhir::SearchType::date) &&
           std::find(codes.begin(), codes.end(), parameter.code) != codes.end();
}

/// Task's "patient" is Task.for where that is a Patient: "subject" with one target only.
void narrow(Searchable& one, const std::vector<Searchable>& others) {
    if (one.type != Searchable::Type::reference || one.targets.size() != 1) {
        return;
    }
    for (const Searchable& other : others) {
        if (other.expression == one.expression && other.targets.size() != 1) {
            one.stored_as = other.code;
            one.only = one.targets.front();
            return;
        }
    }
}

std::vector<Searchable> parameters_of(std::string_view type) {
    std::vector<Searchable> made;
    for (const fhir::SearchParameter& each : fhir::Definitions::r4().search_parameters(type)) {
        if (!is_indexed(each)) {
            continue;
        }
        const auto kind = each.type == fhir::SearchType::token       ? Searchable::Type::token
                          : each.type == fhir::SearchType::reference ? Searchable::Type::reference
                                                                     : Searchable::Type::date;
        made.push_back({each.code, kind, each.expression, each.targets, each.code, {}});
    }
    std::sort(made.begin(), made.end(),
              [](const Searchable& a, const Searchable& b) { return a.code < b.code; });
    for (Searchable& one : made) {
        narrow(one, made);
    }
    return made;
}

}  // namespace

std::span<const std::string_view> served_types() {
    return all_types();
}

bool is_served(std::string_view type) {
    return std::binary_search(all_types().begin(), all_types().end(), type);
}

std::span<const Searchable> searchable(std::string_view type) {
    static const std::map<std::string_view, std::vector<Searchable>> all = [] {
        std::map<std::string_view, std::vector<Searchable>> made;
        for (const std::string_view each : all_types()) {
            made.emplace(each, parameters_of(each));
        }
        return made;
    }();
    const auto found = all.find(type);
    return found == all.end() ? std::span<const Searchable>{} : found->second;
}

const Searchable* searchable(std::string_view type, std::string_view code) {
    for (const Searchable& one : searchable(type)) {
        if (one.code == code) {
            return &one;
        }
    }
    return nullptr;
}

}  // namespace linkway::store
