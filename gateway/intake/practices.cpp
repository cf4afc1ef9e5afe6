#include "practices.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "fhir/identifier.h"

namespace linkway::intake {

namespace fs = std::filesystem;

namespace {

template <class Visit>
void each_resource(const fs::path& file, const Visit& visit) {
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        if (const auto parsed = text::parse_json(line, "output")) {
            visit(parsed->root());
        }
    }
}

/// As the store has it: a delta does not say again what did not change.
std::string stored_ods(const std::string& id, store::Store& store) {
    std::string ods;
    const text::Status failed = store.read([&](store::Reader& reader) {
        if (const auto version = reader.read({"Organization", id}, store::Reach::all())) {
            if (const auto parsed = text::parse_json(version->json, "store")) {
                ods = fhir::identifier_of(parsed->root(), fhir::ods_system);
            }
        }
        return text::Status();
    });
    return failed ? std::string() : ods;
}

}  // namespace

text::Status check_practices(const std::string& output, const std::set<std::string>& practices,
                             store::Store& store) {
    if (practices.empty()) {
        return {};
    }
    std::map<std::string, std::string> organizations;  // ODS code by id
    for (const char* folder : {"", "quarantine"}) {
        each_resource(fs::path(output) / folder / "Organization.ndjson",
                      [&](const text::Node& organization) {
                          organizations[std::string(organization.string_or("id", ""))] =
                              fhir::identifier_of(organization, fhir::ods_system);
                      });
    }
    std::set<std::string> unknown;
    const auto ask = [&](const text::Node& patient) {
        const text::Node* practice = patient.find("managingOrganization");
        std::string ods;
        if (practice != nullptr) {
            const text::Node* identifier = practice->find("identifier");
            ods = identifier == nullptr ? "" : fhir::value_of(*identifier, fhir::ods_system);
            const std::string_view reference = practice->string_or("reference", "");
            if (ods.empty() && reference.starts_with("Organization/")) {
                const auto [found, fresh] =
                    organizations.try_emplace(std::string(reference.substr(13)));
                if (fresh) {
                    found->second = stored_ods(found->first, store);
                }
                ods = found->second;
            }
        }
        std::transform(ods.begin(), ods.end(), ods.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (practices.count(ods) == 0) {
            unknown.insert(ods.empty() ? "(none)" : ods);
        }
    };
    for (const char* folder : {"", "quarantine"}) {
        each_resource(fs::path(output) / folder / "Patient.ndjson", ask);
    }
    if (unknown.empty()) {
        return {};
    }
    std::string names;
    for (const std::string& ods : unknown) {
        names += (names.empty() ? "" : ", ") + ods;
    }
    return text::Issue{text::Severity::error,
                       "forbidden",
                       "patients of a practice that is not configured: " + names,
                       {},
                       "if it may send extracts, add its ODS code to the practices, then put the "
                       "extract into the inbox again"};
}

}  // namespace linkway::intake
