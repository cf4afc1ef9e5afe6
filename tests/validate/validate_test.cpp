// Runs every case under tests/validate/<case>: what the validator says of one resource.
//
//   resource.json or .xml
//   expected.yaml   fact: what the case shows;
//                   issues: all of them in order, each with at (line:column), severity, code,
//                   field, message and suggestion; what is left out is not compared
//
// LINKWAY_UPDATE=1 rewrites the issues from what came out; read the diff before you commit it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "catch.h"
#include "fhir/resource_xml.h"
#include "profiles/validator.h"
#include "text/node.h"

namespace fs = std::filesystem;
using namespace linkway;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

/// The names and texts of an issue, in the order of expected.yaml.
std::vector<std::pair<std::string, std::string>> parts(const text::Issue& issue) {
    return {
        {"at", std::to_string(issue.location.line) + ":" + std::to_string(issue.location.column)},
        {"severity", std::string(text::to_code(issue.severity))},
        {"code", issue.code},
        {"field", issue.location.field},
        {"message", issue.message},
        {"suggestion", issue.suggestion}};
}

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("''") : std::string(1, c);
    }
    return out + "'";
}

std::string expected_of(const std::string& fact, const text::Issues& issues) {
    std::string out = "fact: " + in_quotes(fact) + "\nissues:" + (issues.empty() ? " []\n" : "\n");
    for (const text::Issue& issue : issues) {
        std::string lead = "  - ";
        for (const auto& [name, value] : parts(issue)) {
            if (!value.empty()) {
                out += lead + name + ": " + in_quotes(value) + "\n";
                lead = "    ";
            }
        }
    }
    return out;
}

std::vector<fs::path> cases() {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(LINKWAY_VALIDATE)) {
        if (entry.is_directory()) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

}  // namespace

TEST_CASE("the validator says of every case what is expected") {
    const profiles::Validator validator;
    const std::vector<fs::path> folders = cases();
    CHECK(folders.size() >= LINKWAY_VALIDATE_AT_LEAST);
    for (const fs::path& folder : folders) {
        DYNAMIC_SECTION(folder.filename().string()) {
            const fs::path xml = folder / "resource.xml";
            const fs::path file = fs::exists(xml) ? xml : folder / "resource.json";
            const auto resource = fhir::parse_resource(read_file(file), file.filename().string());
            REQUIRE(resource.ok());
            const text::Issues found = validator.validate(resource->root());

            const fs::path expectation = folder / "expected.yaml";
            auto expected = text::parse_yaml(read_file(expectation), expectation.string());
            REQUIRE(expected.ok());
            const std::string fact(expected->root().string_or("fact", {}));
            CHECK_FALSE(fact.empty());
            if (std::getenv("LINKWAY_UPDATE") != nullptr) {
                std::ofstream(expectation, std::ios::binary) << expected_of(fact, found);
                expected = text::parse_yaml(read_file(expectation), expectation.string());
                REQUIRE(expected.ok());
            }
            const text::Node* wanted = expected->root().find("issues");
            REQUIRE(wanted != nullptr);
            INFO(expected_of(fact, found));
            REQUIRE(wanted->items.size() == found.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                for (const auto& [name, value] : parts(found[i])) {
                    CHECK(wanted->items[i].string_or(name, value) == value);
                }
            }
        }
    }
}

TEST_CASE("the cases show every kind of issue") {
    std::string all;
    for (const fs::path& folder : cases()) {
        all += read_file(folder / "expected.yaml");
    }
    for (const std::string code :
         {"structure", "required", "value", "code-invalid", "not-found", "invariant"}) {
        CHECK(all.find("code: '" + code + "'") != std::string::npos);
    }
}
