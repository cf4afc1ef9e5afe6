#include "mapping/template.h"

#include "catch.h"

using namespace linkway::mapping;
using linkway::text::Issues;

namespace {

Issues mistakes(const std::string& yaml) {
    Issues issues;
    CHECK_FALSE(parse_template(yaml, "t.yaml", issues));
    REQUIRE_FALSE(issues.empty());
    return issues;
}

std::string first(const std::string& yaml) {
    return linkway::text::to_string(mistakes(yaml).front());
}

const std::string head = "each: T\nresource:\n  resourceType: Patient\n";

}  // namespace

TEST_CASE("a template's forms are told apart") {
    Issues issues;
    const auto parsed = parse_template(
        "# comment\neach: T\nwhen: \"%row.A = 'x'\"\nreferencedOnly: true\nresource:\n  "
        "resourceType: Patient\n  id: \"{{ %row.Id }}\"\n"
        "  language: \"en-{{ %row.L }}\"\n  name: \"{[ %row.N ]}\"\n  active: true\n  \"{% if "
        "%row.B %}\":\n    gender: male\n"
        "  \"{% else %}\":\n    gender: female\n  contact:\n    - \"{% for c in %row.C %}\":\n     "
        "   gender: \"{{ %c }}\"\n",
        "t.yaml", issues);
    REQUIRE(parsed);
    CHECK(issues.empty());
    CHECK(parsed->each == "T");
    CHECK(parsed->when->text == "%row.A = 'x'");
    CHECK(parsed->when->at.line == 3);
    CHECK(parsed->when->at.column == 8);
    CHECK(parsed->referenced_only);
    CHECK(parsed->resource_type == "Patient");
    const auto& entries = parsed->resource->entries;
    REQUIRE(entries.size() == 7);
    CHECK(entries[1].value->kind == FormKind::value);
    CHECK(entries[1].value->code.text == "%row.Id");
    CHECK(entries[1].value->code.at.line == 7);
    CHECK(entries[1].value->code.at.column == 11);
    CHECK(entries[2].value->kind == FormKind::concat);
    CHECK(entries[2].value->parts.size() == 2);
    CHECK(entries[3].value->kind == FormKind::all_items);
    CHECK(entries[4].value->kind == FormKind::constant);
    CHECK(entries[5].kind == EntryKind::condition);
    CHECK(entries[5].otherwise);
    const auto& loop = entries[6].value->items.front()->entries.front();
    CHECK(loop.kind == EntryKind::loop);
    CHECK(loop.name == "c");
}

TEST_CASE("markers inside FHIRPath strings do not end an expression") {
    Issues issues;
    const auto parsed = parse_template(
        head + "  language: \"{{ iif(%row.A = '}}', 'x', 'y') }}\"\n", "t.yaml", issues);
    REQUIRE(parsed);
    CHECK(parsed->resource->entries[1].value->code.text == "iif(%row.A = '}}', 'x', 'y')");
}

TEST_CASE("mistakes in markers and headers name their place and what was meant") {
    CHECK(
        first(head + "  id: \"{{ %row.Id }\"\n").find("t.yaml:4:8: error: \"{{\" is not closed") ==
        0);
    CHECK(first(head + "  id: \"{[ %row.Id }\"\n").find("\"{[\" must be closed") !=
          std::string::npos);
    CHECK(first(head + "  \"{% fi %row.A %}\": {}\n").find("unknown directive \"fi\"") !=
          std::string::npos);
    CHECK(first(head + "  \"{% else %}\": {}\n").find("must follow") != std::string::npos);
    CHECK(first(head + "  \"{% for x %row.A %}\": {}\n")
              .find("expected \"{% for item in expression %}\"") != std::string::npos);
    CHECK(first(head + "  id: \"{{ }}\"\n").find("an expression is missing") != std::string::npos);
    CHECK(first("each: T\nwen: x\nresource: { resourceType: Patient }\n")
              .find("did you mean \"when\"?") != std::string::npos);
    CHECK(first("resource: { resourceType: Patient }\n").find("\"each\"") != std::string::npos);
    CHECK(first("each: T\n").find("\"resource\"") != std::string::npos);
    CHECK(first("each: T\nresource: { id: x }\n").find("resourceType") != std::string::npos);
    CHECK(first("- a\n").find("an object with") != std::string::npos);
}

TEST_CASE("every mistake is reported, not the first only") {
    CHECK(mistakes(head + "  id: \"{{ %row.Id }\"\n  language: \"{{ }}\"\n").size() == 2);
}

TEST_CASE("a template has limits of size and depth") {
    CHECK(first(head + "  id: \"" + std::string(template_limits.bytes, 'x') + "\"\n")
              .find("t.yaml") == 0);
    CHECK(first(head + "  name: " + std::string(70, '[') + std::string(70, ']') + "\n")
              .find("t.yaml:4:") == 0);
    CHECK(
        first(head + "  id: \"{{ " + std::string(300, '(') + "1" + std::string(300, ')') + " }\"\n")
            .find("not closed") != std::string::npos);
}

TEST_CASE("an expression is found in whatever way its text is written") {
    const auto place = [](const std::string& scalar) {
        Issues issues;
        const auto parsed = parse_template(head + "  id: " + scalar + "\n", "t.yaml", issues);
        REQUIRE(parsed);
        const Form& form = *parsed->resource->entries[1].value;
        const auto& at = form.kind == FormKind::value ? form.code.at : form.parts[1].code->at;
        return std::to_string(at.line) + ":" + std::to_string(at.column);
    };
    CHECK(place("\"{{ %a }}\"") == "4:11");
    CHECK(place("'it''s {{ %a }}'") == "4:17");
    CHECK(place("\"\\u00e9\\n {{ %a }}\"") == "4:20");
    CHECK(place("é {{ %a }}") == "4:12");
    CHECK(place("text {{ %a }}") == "4:15");
    CHECK(place("|\n    one\n    {{ %a }}") == "6:8");
    CHECK(place(">-\n    one\n    two {{ %a }}") == "6:12");
    CHECK(place("\"one\n    two {{ %a }}\"") == "5:12");
}
