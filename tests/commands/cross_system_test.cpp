// The same synthetic people in every system's format: the FHIR is equal but for ids, provenance and
// what a format cannot say, which tests/systems/differences.yaml lists with reasons. A difference
// that is not listed fails, and so does one that is listed and no longer there.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "run_program.h"
#include "text/node.h"

using namespace commands;
using linkway::text::Document;
using linkway::text::Node;

namespace {

/// All resources that a system's sample gives, by "Type/id".
class Translated {
  public:
    Translated(const std::string& system, const fs::path& root) {
        REQUIRE(run_program("sample --system " + system +
                                " --patients 1500 --practices 2 --seed 5 " + system +
                                "-extract --mappings '" + LINKWAY_MAPPINGS + "'",
                            root)
                    .code == 0);
        REQUIRE(run_program("translate --system " + system + " " + system + "-extract -o " +
                                system + " --mappings '" + LINKWAY_MAPPINGS + "'",
                            root)
                    .code == 0);
        for (const auto& file : fs::directory_iterator(root / system)) {
            std::istringstream lines(read_file(file.path()));
            for (std::string line;
                 file.path().extension() == ".ndjson" && std::getline(lines, line);) {
                auto parsed = linkway::text::parse_json(line, file.path().filename().string());
                REQUIRE(parsed.ok());
                const Node& root_node = parsed->root();
                const std::string id(root_node.string_or("id", ""));
                if (!id.empty()) {
                    const std::string type(root_node.string_or("resourceType", ""));
                    resources_.emplace(type + "/" + id, std::move(parsed).value());
                }
            }
        }
    }

    const std::map<std::string, Document>& resources() const { return resources_; }

    /// What a resource is called in any system: never by its id.
    std::string label(const std::string& reference) const {
        const auto found = resources_.find(reference);
        if (found == resources_.end()) {
            return "not in the output";
        }
        const Node& node = found->second.root();
        const std::string type = reference.substr(0, reference.find('/'));
        if (type == "Patient") {
            return nhs_number(node);
        }
        if (type == "Organization") {
            return std::string(node.string_or("name", ""));
        }
        if (type == "PractitionerRole") {
            return label(target(node, "practitioner"));
        }
        if (type == "Practitioner") {
            return name(node);
        }
        const Node* day = node.find(type == "Observation" ? "effectiveDateTime" : "authoredOn");
        return type + " of " + label(target(node, type == "Task" ? "for" : "subject")) + ", " +
               concept_of(type == "Task" ? resources_.at(target(node, "focus")).root() : node) +
               ", " + (day == nullptr ? "" : std::string(day->text.substr(0, 10)));
    }

  private:
    static std::string target(const Node& node, const char* member) {
        const Node* reference = node.find(member);
        return reference == nullptr ? "" : std::string(reference->string_or("reference", ""));
    }

    static std::string nhs_number(const Node& patient) {
        for (const Node& each : patient.find("identifier")->items) {
            if (each.string_or("system", "") == "https://fhir.nhs.uk/Id/nhs-number") {
                return std::string(each.string_or("value", ""));
            }
        }
        return "no NHS number";
    }

    static std::string concept_of(const Node& resource) {
        for (const Node& each : resource.find("code")->find("coding")->items) {
            if (each.string_or("system", "") == "http://snomed.info/sct") {
                return std::string(each.string_or("code", ""));
            }
        }
        return "no concept";
    }

    /// As SystmOne writes it, the one system with the whole name in one cell.
    static std::string name(const Node& practitioner) {
        const Node& name = practitioner.find("name")->items.front();
        std::string result(name.string_or("text", ""));
        for (const char* part : {"prefix", "given"}) {
            const Node* words = name.find(part);
            for (std::size_t i = 0; words != nullptr && i < words->items.size(); ++i) {
                result += std::string(words->items[i].text) + " ";
            }
        }
        return result + std::string(name.string_or("family", ""));
    }

    std::map<std::string, Document> resources_;
};

using Leaves = std::map<std::string, std::multiset<std::string>>;

/// What a resource says, by path without indices; references by label, ids left out.
void flatten(const Node& node, const std::string& path, const Translated& from, Leaves& leaves) {
    for (const auto& member : node.members) {
        const std::string name(member.name);
        if (name == "id" || name == "resourceType" || name == "identifier" ||
            name == "groupIdentifier" || name == "requisition") {
            continue;
        }
        flatten(member.value, path + "." + name, from, leaves);
    }
    for (const Node& item : node.items) {
        flatten(item, path, from, leaves);
    }
    if (node.members.empty() && node.items.empty()) {
        const bool is_reference = path.ends_with(".reference");
        const std::string text(node.text);
        leaves[path].insert(is_reference ? from.label(text) : text);
    }
}

/// The resources of each label; several of one label in the order of what they say.
std::map<std::string, std::vector<Leaves>> described(const Translated& from) {
    std::map<std::string, std::vector<Leaves>> result;
    for (const auto& [reference, document] : from.resources()) {
        const std::string type = reference.substr(0, reference.find('/'));
        if (type == "Provenance") {
            continue;
        }
        Leaves leaves;
        flatten(document.root(), type, from, leaves);
        result[type + ": " + from.label(reference)].push_back(std::move(leaves));
    }
    for (auto& [label, all] : result) {
        std::sort(all.begin(), all.end());
    }
    return result;
}

/// Paths at which two systems differ, with an example of each.
std::map<std::string, std::string> differences(
    const std::map<std::string, std::vector<Leaves>>& one,
    const std::map<std::string, std::vector<Leaves>>& other) {
    std::map<std::string, std::string> result;
    for (const auto& [label, all] : one) {
        const auto found = other.find(label);
        const std::size_t count = found == other.end() ? 0 : found->second.size();
        if (count != all.size()) {
            result.emplace(label.substr(0, label.find(':')), label);
            continue;
        }
        for (std::size_t i = 0; i < count; ++i) {
            std::set<std::string> paths;
            for (const auto& [path, values] : all[i]) {
                paths.insert(path);
            }
            for (const auto& [path, values] : found->second[i]) {
                paths.insert(path);
            }
            const auto at = [](const Leaves& leaves, const std::string& path) {
                const auto place = leaves.find(path);
                return place == leaves.end() ? std::multiset<std::string>() : place->second;
            };
            for (const std::string& path : paths) {
                if (at(all[i], path) != at(found->second[i], path)) {
                    result.emplace(path, label);
                }
            }
        }
    }
    return result;
}

}  // namespace

TEST_CASE("the same people give the same FHIR from every system") {
    const fs::path root =
        fs::temp_directory_path() / ("linkway-cross-" + std::to_string(::getpid()));
    fs::create_directories(root);
    const std::string name = "tests/systems/differences.yaml";
    auto listed =
        linkway::text::parse_yaml(read_file(fs::path(LINKWAY_SYSTEMS) / "differences.yaml"), name);
    REQUIRE(listed.ok());
    const auto emis = described(Translated("emis", root));
    REQUIRE(emis.size() > 200);
    for (const std::string system : {"systmone", "vision"}) {
        INFO(system);
        std::set<std::string> allowed;
        for (const Node& each : listed->root().items) {
            for (const Node& of : each.find("systems")->items) {
                for (const Node& path : each.find("paths")->items) {
                    if (of.text == system) {
                        allowed.insert(std::string(path.text));
                    }
                }
            }
        }
        const auto other = described(Translated(system, root));
        auto found = differences(emis, other);
        found.merge(differences(other, emis));
        for (const auto& [path, example] : found) {
            INFO("not listed: " << path << ", e.g. " << example);
            CHECK(allowed.count(path) == 1);
        }
        for (const std::string& path : allowed) {
            INFO("listed, and no difference: " << path);
            CHECK(found.count(path) == 1);
        }
    }
    fs::remove_all(root);
}
