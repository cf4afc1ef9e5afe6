// HL7's FHIRPath suite for R4, when it is at hand beside the sources, counted strictly: a test that
// wants an error passes on an error only, others on the same items of the same types in the same
// order. Those that fail are listed in official_suite_differences.yaml, each with its reason.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory_resource>
#include <set>
#include <sstream>

#include "catch.h"
#include "evaluate_helpers.h"
#include "fhir/resource_xml.h"
#include "fhirpath/references.h"
#include "fhirpath/result.h"
#include "text/xml.h"

using namespace linkway;
using namespace linkway::fhirpath;
using namespace linkway::fhirpath::testing;
using text::XmlNode;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return std::move(out).str();
}

/// Names of the tests that are known to fail.
std::set<std::string> differences() {
    const auto parsed =
        text::parse_yaml(read_file(fs::path(LINKWAY_SOURCE_DIR) /
                                   "tests/unit/fhirpath/official_suite_differences.yaml"),
                         "official_suite_differences.yaml");
    REQUIRE(parsed.ok());
    std::set<std::string> names;
    for (const text::Node& each : parsed->root().items) {
        names.emplace(each.string_or("test", ""));
        REQUIRE(each.string_or("reason", "").size() > 20);
    }
    REQUIRE(names.size() == parsed->root().items.size());
    return names;
}

/// Inputs by the name the suite uses, parsed once.
class Inputs {
  public:
    explicit Inputs(fs::path folder) : folder_(std::move(folder)) {}

    const text::Node* find(const std::string& name) {
        if (const auto found = documents_.find(name); found != documents_.end()) {
            return &found->second.root();
        }
        auto parsed = fhir::parse_resource(read_file(folder_ / name), name);
        if (!parsed.ok()) {
            std::printf("%s\n", to_string(parsed.issue()).c_str());
            return nullptr;
        }
        return &documents_.emplace(name, std::move(parsed).value()).first->second.root();
    }

  private:
    fs::path folder_;
    std::map<std::string, text::Document> documents_;
};

/// Value of an attribute, or "".
std::string attribute(const XmlNode& node, std::string_view name) {
    const std::string_view* value = node.attribute(name);
    return value == nullptr ? std::string() : std::string(*value);
}

std::string content(const XmlNode& node) {
    std::string content;
    for (const XmlNode& child : node.children) {
        content += child.text;
    }
    return content;
}

std::vector<const XmlNode*> elements(const XmlNode& node, std::string_view name) {
    std::vector<const XmlNode*> found;
    for (const XmlNode& child : node.children) {
        if (child.name == name) {
            found.push_back(&child);
        }
    }
    return found;
}

/// "dateTime" of System.DateTime and of FHIR.dateTime: the suite does not tell the two apart.
std::string suite_type(const Value& value) {
    const std::string full = type_name(value);
    const std::size_t dot = full.find('.');
    std::string name = full.substr(dot + 1);
    if (full.starts_with("System.") && name != "Quantity") {
        name[0] = static_cast<char>(name[0] - 'A' + 'a');
    }
    return name;
}

/// As the suite writes a result: dates and times with @, quantities with their unit quoted.
std::string suite_text(const Value& value) {
    std::string text = show(value);
    if (value.kind == ValueKind::time) {
        return "@T" + text;
    }
    const bool date = value.kind == ValueKind::date || value.kind == ValueKind::date_time;
    return date ? "@" + text : text;
}

bool same_result(const Value& value, const XmlNode& output) {
    std::string wanted = content(output);
    const std::string type = attribute(output, "type");
    if (!type.empty() && suite_type(value) != type) {
        return false;
    }
    std::string got = suite_text(value);
    // The suite is of two minds about @ before dates and T after them.
    if (got.starts_with('@') && !wanted.starts_with('@')) {
        wanted.insert(0, "@");
    }
    if (value.kind == ValueKind::date_time && wanted.ends_with('T')) {
        wanted.pop_back();
    }
    return got == wanted;
}

/// "" when the test passes, else why not.
std::string run_test(const XmlNode& test, Inputs& inputs) {
    const XmlNode& expression = *elements(test, "expression").at(0);
    const auto outputs = elements(test, "output");
    const bool invalid = expression.attribute("invalid") != nullptr;
    const auto failed = [invalid](const std::string& why) { return invalid ? std::string() : why; };
    auto parsed = parse(content(expression));
    if (!parsed.ok()) {
        return failed("syntax: " + parsed.issue().message);
    }
    const std::string file = attribute(test, "inputfile");
    const text::Node* input = file.empty() ? nullptr : inputs.find(file);
    if (!file.empty() && input == nullptr) {
        return "input not read";
    }
    Environment environment;
    environment.strict = false;
    environment.functions = fhir_functions();
    if (input != nullptr) {
        environment.context = fhir::Definitions::r4().type(input->string_or("resourceType", ""));
    }
    text::Issues issues;
    const auto compiled = fhirpath::compile(std::move(parsed).value(), environment, {}, issues);
    if (!compiled) {
        return failed("check: " + issues.front().message);
    }
    std::pmr::monotonic_buffer_resource arena;
    Runtime runtime;
    const Value context = input != nullptr ? Value::of_node(*input, environment.context) : Value{};
    runtime.context = input != nullptr ? &context : nullptr;
    runtime.arena = &arena;
    runtime.now = "2024-02-29T10:11:12.000+00:00";
    Collection result;
    if (const auto status = compiled->evaluate(runtime, result)) {
        return failed("run: " + status->message);
    }
    if (invalid) {
        return "was not refused (" + attribute(expression, "invalid") + ")";
    }
    if (attribute(test, "predicate") == "true") {
        const bool truth =
            !result.empty() &&
            (result.size() > 1 || result[0].kind != ValueKind::boolean || result[0].boolean);
        return outputs.size() == 1 && content(*outputs[0]) == (truth ? "true" : "false")
                   ? ""
                   : "predicate";
    }
    std::string got;
    bool same = result.size() == outputs.size();
    for (std::size_t i = 0; i < result.size(); ++i) {
        got += (i == 0 ? "" : "; ") + type_name(result[i]) + " " + suite_text(result[i]);
        same = same && same_result(result[i], *outputs[i]);
    }
    return same ? "" : "gave [" + got + "]";
}

}  // namespace

TEST_CASE("HL7's suite for R4") {
    const fs::path folder =
        fs::path(LINKWAY_SOURCE_DIR).parent_path() / "shared" / "conformance" / "fhirpath-r4";
    if (!fs::exists(folder / "tests-fhir-r4.xml")) {
        std::printf("HL7's FHIRPath suite: SKIPPED, tests-fhir-r4.xml is not beside the sources\n");
        return;
    }
    const auto suite = text::parse_xml(read_file(folder / "tests-fhir-r4.xml"), "suite");
    REQUIRE(suite.ok());
    const std::set<std::string> known = differences();
    Inputs inputs(folder / "input");
    std::size_t ran = 0;
    std::size_t passed = 0;
    std::set<std::string> failed;
    for (const XmlNode* group : elements(suite->root(), "group")) {
        for (const XmlNode* test : elements(*group, "test")) {
            ++ran;
            const std::string name = attribute(*test, "name");
            const std::string why = run_test(*test, inputs);
            if (why.empty()) {
                ++passed;
            } else {
                failed.insert(name);
            }
            CAPTURE(name, content(*elements(*test, "expression").at(0)), why);
            CHECK((why.empty() || known.count(name) != 0));
        }
    }
    std::printf("HL7's FHIRPath suite: %zu of %zu pass, the others are known differences\n", passed,
                ran);
    CHECK(failed == known);
    CHECK(ran >= 935);
    CHECK(passed * 100 >= ran * 99);
}
