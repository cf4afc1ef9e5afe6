// FHIR in XML gives the tree that it gives in JSON. A new case is a pair of files in resource_xml/.
#include "fhir/resource_xml.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

#include "catch.h"
#include "xml_writer.h"

using namespace linkway;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

/// Compact JSON with members in name order and without nulls at the end of an array (those say
/// nothing, and some writers leave them out), so that trees compare as text.
std::string canonical(const text::Node& node) {
    std::string out;
    if (node.is_object()) {
        std::set<std::string> members;
        for (const text::Member& member : node.members) {
            members.insert("\"" + std::string(member.name) + "\":" + canonical(member.value));
        }
        for (const std::string& member : members) {
            out += (out.empty() ? "" : ",") + member;
        }
        return "{" + out + "}";
    }
    if (node.is_array()) {
        std::size_t count = node.items.size();
        while (count > 0 && node.items[count - 1].kind == text::NodeKind::null) {
            --count;
        }
        for (const text::Node& item : std::span<const text::Node>(node.items).first(count)) {
            out += (out.empty() ? "" : ",") + canonical(item);
        }
        return "[" + out + "]";
    }
    text::append_json(out, node);
    return out;
}

std::string tree_of(const std::string& xml) {
    const auto parsed = fhir::parse_resource_xml(xml, "it.xml");
    return parsed ? canonical(parsed->root()) : to_string(parsed.issue());
}

/// A patient with this inside.
std::string patient(const std::string& content) {
    return "<Patient xmlns=\"http://hl7.org/fhir\">" + content + "</Patient>";
}

/// Reads the JSON tree back from its XML; returns how many resources were compared.
std::size_t round_trip(const std::string& json) {
    const auto parsed = text::parse_json(json, "it.json");
    REQUIRE(parsed.ok());
    if (parsed->root().string_or("resourceType", "").empty()) {
        return 0;
    }
    const std::string xml = fhir::testing::to_xml(parsed->root());
    CAPTURE(xml);
    CHECK(tree_of(xml) == canonical(parsed->root()));
    return 1;
}

}  // namespace

TEST_CASE("XML and JSON of one resource give one tree") {
    std::size_t pairs = 0;
    for (const auto& entry :
         fs::directory_iterator(fs::path(LINKWAY_SOURCE_DIR) / "tests/unit/fhir/resource_xml")) {
        if (entry.path().extension() != ".xml") {
            continue;
        }
        CAPTURE(entry.path().string());
        const auto json =
            text::parse_json(read_file(fs::path(entry.path()).replace_extension(".json")), "json");
        REQUIRE(json.ok());
        CHECK(tree_of(read_file(entry.path())) == canonical(json->root()));
        ++pairs;
    }
    CHECK(pairs >= 2);
}

TEST_CASE("what JSON holds survives a way through XML") {
    std::size_t compared = 0;
    const fs::path root = LINKWAY_SOURCE_DIR;
    for (const auto& entry : fs::recursive_directory_iterator(root / "tests/cases")) {
        if (entry.path().extension() != ".ndjson" ||
            entry.path().string().find("/expected/") == std::string::npos) {
            continue;
        }
        std::ifstream lines(entry.path());
        for (std::string line; std::getline(lines, line);) {
            compared += round_trip(line);
        }
    }
    compared += round_trip(read_file(root / "tests/unit/fhir/resource_xml/patient.json"));
    compared += round_trip(read_file(root / "tests/unit/fhir/resource_xml/bundle.json"));
    CHECK(compared > 100);
}

TEST_CASE("inputs of HL7's suite survive a way through XML") {
    const fs::path folder =
        fs::path(LINKWAY_SOURCE_DIR).parent_path() / "shared/conformance/fhirpath-r4/input";
    if (!fs::exists(folder)) {
        std::printf("HL7's inputs: SKIPPED, they are not beside the sources\n");
        return;
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto parsed =
            fhir::parse_resource(read_file(entry.path()), entry.path().filename().string());
        INFO(entry.path().string() << (parsed ? "" : to_string(parsed.issue())));
        REQUIRE(parsed.ok());
        CHECK(tree_of(fhir::testing::to_xml(parsed->root())) == canonical(parsed->root()));
    }
}

TEST_CASE("nodes stand where their elements stand") {
    const auto parsed = fhir::parse_resource_xml(
        "<Patient xmlns=\"http://hl7.org/fhir\">\n  <name>\n    <given value=\"\xC3\xA9\"/> "
        "<given value=\"b\" id=\"i\"/>\n  </name>\n</Patient>",
        "p.xml");
    REQUIRE(parsed.ok());
    const text::Node& name = parsed->root().find("name")->items[0];
    CHECK(parsed->at(name) == text::Location{"p.xml", 2, 3, {}});
    CHECK(parsed->at(name.find("given")->items[1]) == text::Location{"p.xml", 3, 24, {}});
    CHECK(parsed->at(name.find("_given")->items[1]) == text::Location{"p.xml", 3, 24, {}});
}

TEST_CASE("what is no FHIR in XML is refused with its place") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"<Patient/>", "it.xml:1:1: error: the root element is in no namespace; write xmlns="},
        {"<Patient xmlns=\"urn:other\"/>", "it.xml:1:1: error: the root element is in another"},
        {"<Patent xmlns=\"http://hl7.org/fhir\"/>",
         "it.xml:1:1: error: R4 has no resource of the name of this element; did you mean "
         "\"Patient\"?"},
        {"<HumanName xmlns=\"http://hl7.org/fhir\"/>", "R4 has no resource"},
        {"<DomainResource xmlns=\"http://hl7.org/fhir\"/>", "R4 has no resource"},
        {patient("\n <brithDate value=\"2001\"/>"),
         "it.xml:2:2: error: Patient has no element \"brithDate\"; did you mean \"birthDate\"?"},
        {patient("<deceasedBolean value=\"true\"/>"), "did you mean \"deceasedBoolean\"?"},
        {patient("<deceased value=\"true\"/>"), "Patient has no element \"deceased\""},
        {patient("<gender value=\"male\"/><gender value=\"male\"/>"),
         "Patient.gender stands here a second time"},
        {patient("<gender>male</gender>"), "text stands between the tags"},
        {patient("male"), "text stands between the tags"},
        {patient("<gender value=\"\"/>"), "an attribute of this element is empty"},
        {patient("<gender value=\" \"/>"), "an attribute of this element is empty"},
        {patient("<gender/>"), "this element is empty"},
        {patient("<name/>"), "this element is empty"},
        {patient("<name value=\"x\"/>"), "a tag of type HumanName does not have this attribute"},
        {patient("<gender code=\"x\"/>"), "a tag of type code does not have this attribute"},
        {patient("<gender url=\"x\" value=\"male\"/>"), "does not have this attribute: \"url\""},
        {patient("<name><id value=\"x\"/></name>"), "\"id\" is an attribute of this type"},
        {patient("<extension><url value=\"x\"/></extension>"), "\"url\" is an attribute"},
        {patient("<active value=\"yes\"/>"), "the value is no boolean; write true or false"},
        {patient("<multipleBirthInteger value=\"2.5\"/>"), "the value is no integer"},
        {patient("<gender value=\"male\"><family value=\"x\"/></gender>"), "has no element"},
        {patient("<f:gender value=\"male\"/>"), "a prefix stands before the name"},
        {patient("<gender xmlns=\"urn:x\" value=\"male\"/>"), "in another namespace"},
        {patient("<contained><Patient/><Patient/></contained>"), "holds just one resource"},
        {patient("<contained/>"), "holds just one resource"},
        {patient("<text><status value=\"generated\"/><div>x</div></text>"),
         "the narrative's div is not in the namespace of XHTML"},
        {"<!DOCTYPE Patient><Patient xmlns=\"http://hl7.org/fhir\"/>", "document type"},
    };
    for (const auto& [given, expected] : cases) {
        CAPTURE(given);
        const std::string got = tree_of(given);
        CAPTURE(got);
        CHECK(got.find(expected) != std::string::npos);
    }
}

TEST_CASE("messages about XML hold no values") {
    for (const char* content :
         {"<active value=\"SECRET\"/>", "<gender>SECRET</gender>", "<name value=\"SECRET\"/>",
          "<birthDate value=\"SECRET\" x=\"1\"/>"}) {
        const std::string got = tree_of(patient(content));
        CAPTURE(got);
        CHECK(got.find("error") != std::string::npos);
        CHECK(got.find("SECRET") == std::string::npos);
    }
}

TEST_CASE("depth of FHIR in XML is limited") {
    std::string open;
    std::string close;
    for (int i = 0; i < 80; ++i) {
        open += "<extension url=\"u\">";
        close += "</extension>";
    }
    CHECK(tree_of(patient(open + close)).find("nested deeper") != std::string::npos);
}

TEST_CASE("a text of either form is told by its first character") {
    CHECK(fhir::parse_resource("\xEF\xBB\xBF \n<Patient xmlns=\"http://hl7.org/fhir\">"
                               "<active value=\"true\"/></Patient>",
                               "x")
              .ok());
    CHECK(fhir::parse_resource(" {\"resourceType\": \"Patient\"}", "x").ok());
    CHECK_FALSE(fhir::parse_resource("", "x").ok());
}
