#include "fhir/operation_outcome.h"

#include <algorithm>
#include <string_view>

#include "text/node.h"

namespace linkway::fhir {

namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_alphanumeric(char c) {
    return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9');
}

/// "name", "name[0]"
bool is_path_step(std::string_view step) {
    const std::size_t bracket = step.find('[');
    const std::string_view name = step.substr(0, bracket);
    if (name.empty() || !is_lower(name.front()) ||
        !std::all_of(name.begin(), name.end(), is_alphanumeric)) {
        return false;
    }
    if (bracket == std::string_view::npos) {
        return true;
    }
    std::string_view index = step.substr(bracket + 1);
    if (index.size() < 2 || index.back() != ']') {
        return false;
    }
    index.remove_suffix(1);
    return index.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "Patient.name[0].family" is a path of FHIR; a column such as "PatientGuid" is not.
bool is_fhir_path(std::string_view field) {
    std::size_t dot = field.find('.');
    const std::string_view type = field.substr(0, dot);
    if (dot == std::string_view::npos || type.empty() || !is_upper(type.front()) ||
        !std::all_of(type.begin(), type.end(), is_alphanumeric)) {
        return false;
    }
    while (dot != std::string_view::npos) {
        field.remove_prefix(dot + 1);
        dot = field.find('.');
        if (!is_path_step(field.substr(0, dot))) {
            return false;
        }
    }
    return true;
}

std::string diagnostics(const text::Issue& issue) {
    const text::Location& at = issue.location;
    std::string place = at.file;
    if (at.line != 0) {
        place += place.empty() ? "line " : ":";
        place += std::to_string(at.line);
        if (at.column != 0) {
            place += ':';
            place += std::to_string(at.column);
        }
    }
    if (!at.field.empty()) {
        place += place.empty() ? "" : " ";
        place += at.field;
    }
    return place.empty() ? issue.message : place + ": " + issue.message;
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    text::append_json_string(out, value);
}

void append_issue(std::string& out, const text::Issue& issue) {
    out += "{\"severity\":\"";
    out += text::to_code(issue.severity);
    out += '"';
    // code is 1..1 in FHIR; "processing" is the least specific that fits any finding.
    append_member(out, "code", issue.code.empty() ? "processing" : std::string_view(issue.code));
    if (!issue.suggestion.empty()) {
        out += ",\"details\":{\"text\":";
        text::append_json_string(out, issue.suggestion);
        out += '}';
    }
    // FHIR has no empty strings: an issue without words keeps its severity and code.
    if (const std::string words = diagnostics(issue); !words.empty()) {
        append_member(out, "diagnostics", words);
    }
    if (is_fhir_path(issue.location.field)) {
        out += ",\"expression\":[";
        text::append_json_string(out, issue.location.field);
        out += ']';
    }
    out += '}';
}

}  // namespace

void append_operation_outcome(std::string& out, std::span<const text::Issue> issues) {
    out += R"({"resourceType":"OperationOutcome","issue":[)";
    if (issues.empty()) {
        // At least one issue must stand: this is how FHIR says that there was nothing to say.
        out +=
            R"({"severity":"information","code":"informational","diagnostics":"no issues found"})";
    }
    for (std::size_t i = 0; i < issues.size(); ++i) {
        out += i == 0 ? "" : ",";
        append_issue(out, issues[i]);
    }
    out += "]}";
}

}  // namespace linkway::fhir
