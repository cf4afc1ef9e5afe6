// The official SQL on FHIR suite, when it is at hand beside the sources: every test of every file.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "mapping/view.h"

using namespace linkway;
using namespace linkway::mapping;

namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string json(const text::Node& node) {
    std::string out;
    text::append_json(out, node);
    return out;
}

/// The same type and content; an absent member is null; numbers by value.
bool same(const text::Node* got, const text::Node* wanted) {
    const bool no_got = got == nullptr || got->kind == text::NodeKind::null;
    const bool no_wanted = wanted == nullptr || wanted->kind == text::NodeKind::null;
    if (no_got || no_wanted) {
        return no_got && no_wanted;
    }
    if (got->kind != wanted->kind) {
        return false;
    }
    if (got->is_array()) {
        bool equal = got->items.size() == wanted->items.size();
        for (std::size_t i = 0; equal && i < got->items.size(); ++i) {
            equal = same(&got->items[i], &wanted->items[i]);
        }
        return equal;
    }
    if (got->is_object()) {
        bool equal = true;
        for (const text::Member& member : got->members) {
            equal = equal && same(&member.value, wanted->find(member.name));
        }
        for (const text::Member& member : wanted->members) {
            equal = equal && (got->find(member.name) != nullptr ||
                              member.value.kind == text::NodeKind::null);
        }
        return equal;
    }
    return got->kind == text::NodeKind::number
               ? std::stod(std::string(got->text)) == std::stod(std::string(wanted->text))
               : got->text == wanted->text;
}

/// All rows as a JSON array, or the first mistake behind "error: ".
std::string run(const text::Node& definition, const text::Node& resources,
                std::vector<std::string>& columns) {
    text::Issues issues;
    const auto view = View::compile(json(definition), "view.json", issues);
    if (!view) {
        return "error: " + text::to_string(issues.front());
    }
    for (const ViewColumn& column : view->columns()) {
        columns.push_back(column.name);
    }
    ViewRunner runner;
    std::string out = "[";
    for (const text::Node& resource : resources.items) {
        const auto failed =
            runner.run(*view, resource, [&](std::span<const fhirpath::Collection> cells) {
                out += out.size() == 1 ? "{" : ",{";
                for (std::size_t i = 0; i < cells.size(); ++i) {
                    out += i == 0 ? "" : ",";
                    text::append_json_string(out, view->columns()[i].name);
                    out += ':';
                    append_json_cell(out, view->columns()[i], cells[i]);
                }
                out += '}';
            });
        if (failed) {
            return "error: " + text::to_string(*failed);
        }
    }
    return out + "]";
}

/// Empty when the test passes.
std::string verdict(const text::Node& test, const text::Node& resources) {
    std::vector<std::string> columns;
    const std::string got = run(*test.find("view"), resources, columns);
    const text::Node* error = test.find("expectError");
    if (error != nullptr && error->text == "true") {
        return got.starts_with("error: ") ? "" : "an error was expected, not " + got;
    }
    const text::Node* wanted = test.find("expect");
    const auto parsed = text::parse_json(got, "rows");
    if (!parsed.ok() || !same(&parsed->root(), wanted)) {
        return "got " + got + "\nwanted " + json(*wanted);
    }
    if (const text::Node* names = test.find("expectColumns")) {
        for (std::size_t i = 0; i < names->items.size(); ++i) {
            if (i >= columns.size() || columns[i] != names->items[i].text) {
                return "columns are in another order than " + json(*names);
            }
        }
    }
    return "";
}

}  // namespace

TEST_CASE("HL7's SQL on FHIR suite passes, all of it") {
    const fs::path folder =
        fs::path(LINKWAY_SOURCE_DIR) / ".." / "shared" / "conformance" / "sql-on-fhir";
    if (!fs::exists(folder)) {
        std::printf("skipped: the official SQL on FHIR suite is not at %s\n", folder.c_str());
        return;
    }
    std::size_t tests = 0;
    std::size_t passed = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto parsed = text::parse_json(read_file(entry.path()), entry.path().filename());
        REQUIRE(parsed.ok());
        const text::Node* list = parsed->root().find("tests");
        if (list == nullptr) {
            continue;  // the manifest
        }
        for (const text::Node& test : list->items) {
            ++tests;
            const std::string why = verdict(test, *parsed->root().find("resources"));
            INFO(entry.path().filename().string() << ": " << test.string_or("title", ""));
            INFO(why);
            CHECK(why.empty());
            passed += why.empty() ? 1 : 0;
        }
    }
    CHECK(tests == 118);
    CHECK(passed == tests);
}
