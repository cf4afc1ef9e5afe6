#include <chrono>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "../random.h"
#include "catch.h"
#include "fhir/definitions.h"

using namespace linkway::fhir;

namespace {

struct Forms {
    std::string type;
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

void check(const Forms& forms) {
    for (const std::string& text : forms.good) {
        INFO(forms.type << " \"" << text << "\"");
        CHECK(is_valid_primitive(forms.type, text));
    }
    for (const std::string& text : forms.bad) {
        INFO(forms.type << " \"" << text << "\"");
        CHECK_FALSE(is_valid_primitive(forms.type, text));
    }
}

/// The regular expressions that HL7 publishes with each primitive type (R4 4.0.1, profiles-types).
const std::string year = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)";
const std::string clock_time = "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?";
const std::string offset = "(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
const std::string month_and_day = "(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])";
const std::map<std::string, std::string> published = {
    {"date", year + "(-" + month_and_day + ")?)?"},
    {"dateTime", year + "(-" + month_and_day + "(T" + clock_time + offset + ")?)?)?"},
    {"instant", year + "-" + month_and_day + "T" + clock_time + offset + ")"},
    {"time", clock_time},
    {"decimal", "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"},
    {"unsignedInt", "[0]|([1-9][0-9]*)"},
    {"positiveInt", "[1-9][0-9]*"},
    {"id", "[A-Za-z0-9\\-\\.]{1,64}"},
    {"oid", "urn:oid:[0-2](\\.(0|[1-9][0-9]*))+"},
    {"uuid", "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"},
    {"boolean", "true|false"},
};

/// A text that starts as a valid one and has up to three characters changed, added or taken away.
std::string mutant(linkway::tests::Random& random, std::string text) {
    static constexpr std::string_view alphabet = "0123456789-:.+TZeE abfurnid:oqw/\n";
    for (std::uint32_t i = random.below(4); i > 0; --i) {
        const std::uint32_t at = random.below(static_cast<std::uint32_t>(text.size()) + 1);
        const char c = alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
        if (at == text.size()) {
            text += c;
        } else if (random.below(3) == 0) {
            text.erase(at, 1);
        } else {
            text[at] = c;
        }
    }
    return text;
}

/// Of a text that has the published form of a date: whether the calendar knows the day.
bool day_exists(const std::string& text) {
    if (text.size() < 10) {
        return true;
    }
    using namespace std::chrono;
    return year_month_day(std::chrono::year(std::stoi(text.substr(0, 4))),
                          month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
                          day(static_cast<unsigned>(std::stoi(text.substr(8, 2)))))
        .ok();
}

}  // namespace

TEST_CASE("Dates have a year, a month or a day that the calendar knows") {
    check(
        {"date",
         {"2023", "2023-05", "2023-05-01", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"},
         {"",           "0000",       "0000-01-01", "2023-13",    "2023-00",  "2023-02-30",
          "2023-02-29", "1900-02-29", "2023-04-31", "2023-5-1",   "23-05-01", "2023-05-01T",
          "2023-05-",   "2023-",      "20230501",   "2023/05/01", " 2023",    "2023-05-01 ",
          "-2023",      "2023-05-1x", "01-05-2023"}});
}

TEST_CASE("Once a dateTime has a time it has seconds and an offset") {
    check({"dateTime",
           {"2023", "2023-05", "2023-05-01", "2023-07-01T09:30:00+01:00", "2023-07-01T09:30:00Z",
            "2016-12-31T23:59:60Z", "2023-07-01T09:30:00.123456789-14:00",
            "2023-07-01T00:00:00-00:00"},
           {"2023-07-01T09:30:00", "2023-07-01T09:30Z", "2023-07-01T09Z", "2023-07-01T24:00:00Z",
            "2023-07-01T09:60:00Z", "2023-07-01T09:30:61Z", "2023-07-01T09:30:00+14:01",
            "2023-07-01T09:30:00+15:00", "2023-07-01T09:30:00+0100", "2023-07-01T09:30:00.Z",
            "2023-07-01 09:30:00Z", "2023-07-01t09:30:00Z", "2023-07-01T09:30:00z",
            "2023-02-30T09:30:00Z", "2023-07T09:30:00Z", "2023-07-01T09:30:00ZZ",
            "2023-07-01T09:30:00+01:00 "}});
    check({"instant",
           {"2023-07-01T09:30:00+01:00", "2023-07-01T09:30:00.5Z"},
           {"", "2023", "2023-07-01", "2023-07-01T09:30:00", "2023-07-01T09:30Z",
            "2023-06-31T09:30:00Z"}});
    check({"time",
           {"00:00:00", "23:59:59", "23:59:60", "09:30:00.000"},
           {"", "24:00:00", "9:30:00", "09:30", "09:30:00Z", "09:30:00.", "09:30:61", "09-30-00",
            "+9:30:00"}});
}

TEST_CASE("Whole numbers keep to their ranges and to JSON") {
    check({"integer",
           {"0", "7", "-7", "2147483647", "-2147483648"},
           {"", "-", "-0", "+7", "07", "-07", "7.0", "1e3", " 7", "7 ", "2147483648", "-2147483649",
            "99999999999999999999", "0x7", "seven"}});
    check({"unsignedInt", {"0", "1", "2147483647"}, {"-1", "-0", "00", "2147483648", ""}});
    check({"positiveInt", {"1", "2147483647"}, {"0", "-1", "01", "2147483648", ""}});
    check({"decimal",
           {"0", "-0", "1.10", "-1.5", "0.0000001", "1e3", "1E+3", "1.5e-10",
            "123456789012345678901234567890.5"},
           {"", ".5", "5.", "01", "+1", "--1", "1e", "1e+", "1.5.5", "1,5", "NaN", "Infinity", "1 ",
            "-"}});
    check({"boolean", {"true", "false"}, {"", "True", "TRUE", "0", "1", "yes", " true"}});
}

TEST_CASE("Codes have no blanks around them and none but single ones inside") {
    check({"code",
           {"final", "in-progress", "entered in error", "/d", "\xC3\xA9t\xC3\xA9"},
           {"", " ", " final", "final ", "in  progress", "in\tprogress", "in\nprogress",
            std::string("a\0b", 3)}});
    check({"id",
           {"a", "A1-b.2", std::string(64, 'x'), "145958dc-e608-587f-81c1-7300ced12283"},
           {"", std::string(65, 'x'), "a_b", "a b", "a/b", "\xC3\xA9"}});
}

TEST_CASE("Strings hold text: not blank, no control characters, not beyond the size R4 sets") {
    const std::string two_bytes = "\xC3\xA9";
    std::string most;
    for (int i = 0; i < 1024 * 1024; ++i) {
        most += two_bytes;
    }
    for (const char* type : {"string", "markdown"}) {
        check({type,
               {"a", " a ", "line\r\nline\ttab", two_bytes, most},
               {"", " ", "\t\r\n", std::string("a\0", 2), "a\x01", "a\x0Bz", "a\x1F", most + "a"}});
    }
    check({"xhtml", {"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}, {""}});
}

TEST_CASE("Addresses have no blanks; OIDs and UUIDs have their URN form") {
    for (const char* type : {"uri", "url", "canonical"}) {
        check({type,
               {"http://snomed.info/sct", "urn:oid:1.2.3", "Patient/1", "#frag",
                "mailto:a@example.org"},
               {"", " ", "http://a b", "http://a\n", "\thttp://a", "a\x01"}});
    }
    check({"oid",
           {"urn:oid:1.2", "urn:oid:2.16.840.1.113883.2.1.4.1", "urn:oid:0.0"},
           {"", "urn:oid:", "urn:oid:1", "urn:oid:1.", "urn:oid:3.1", "urn:oid:1.02",
            "urn:oid:1..2", "1.2.3", "urn:oid:1.2.", "urn:oid:1.a", "urn:oid:1x2", "URN:OID:1.2"}});
    check({"uuid",
           {"urn:uuid:145958dc-e608-587f-81c1-7300ced12283"},
           {"", "145958dc-e608-587f-81c1-7300ced12283",
            "urn:uuid:145958DC-e608-587f-81c1-7300ced12283",
            "urn:uuid:145958dce608587f81c17300ced12283",
            "urn:uuid:145958dc-e608-587f-81c1-7300ced1228",
            "urn:uuid:145958dc-e608-587f-81c1-7300ced12283x",
            "urn:uuid:g45958dc-e608-587f-81c1-7300ced12283"}});
}

TEST_CASE("Base64 comes in groups of four, blanks between them, padding at the end") {
    check({"base64Binary",
           {"QUJD", "QUI=", "QQ==", "QUJD QUJD", "QUJD\r\nQUI=", " QUJD ", "+/+/"},
           {"", " ", "QUJ", "QUJDQ", "Q===", "====", "QQ==QUJD", "QU=D", "Q UJD", "QUJ_", "QUJ-"}});
}

TEST_CASE("What is no primitive type has no valid text") {
    for (const char* type : {"", "Patient", "HumanName", "String", "datetime"}) {
        CHECK_FALSE(is_valid_primitive(type, "a"));
        CHECK(primitive_test(type) == nullptr);
    }
    CHECK(primitive_test("code")("final"));
    for (const TypeDefinition* each : Definitions::r4().types()) {
        INFO(each->name);
        CHECK((each->kind == TypeKind::primitive) == (primitive_test(each->name) != nullptr));
    }
}

TEST_CASE(
    "Texts near a valid one are judged as HL7's own expressions and the calendar judge them") {
    const std::map<std::string, std::vector<std::string>> seeds = {
        {"date", {"2023", "2023-05", "2023-02-28", "2024-02-29", "2000-12-31"}},
        {"dateTime", {"2023-02-28T09:30:00Z", "2023-07-01T23:59:60.5+14:00", "2023-04-30"}},
        {"instant", {"2023-02-28T09:30:00Z", "2023-07-01T23:59:60.5-13:59"}},
        {"time", {"09:30:00", "23:59:60.25"}},
        {"decimal", {"0.5", "-10.25e+3", "0"}},
        {"unsignedInt", {"0", "107"}},
        {"positiveInt", {"1", "107"}},
        {"id", {"a-1.b", "x"}},
        {"oid", {"urn:oid:1.2.0", "urn:oid:2.16.840"}},
        {"uuid", {"urn:uuid:145958dc-e608-587f-81c1-7300ced12283"}},
        {"boolean", {"true", "false"}},
    };
    linkway::tests::Random random(20231123);
    int valid = 0;
    int tried = 0;
    for (const auto& [type, pattern] : published) {
        const std::regex expression(pattern);
        const bool has_day = type == "date" || type == "dateTime" || type == "instant";
        const std::vector<std::string>& from = seeds.at(type);
        for (int i = 0; i < 1500; ++i) {
            const std::string text =
                mutant(random, from[random.below(static_cast<std::uint32_t>(from.size()))]);
            const bool expected =
                std::regex_match(text, expression) && (!has_day || day_exists(text));
            ++tried;
            valid += expected ? 1 : 0;
            INFO(type << " \"" << text << "\"");
            REQUIRE(is_valid_primitive(type, text) == expected);
        }
    }
    // Both answers must have been put to the test.
    CHECK(valid > tried / 5);
    CHECK(valid < tried * 4 / 5);
}
