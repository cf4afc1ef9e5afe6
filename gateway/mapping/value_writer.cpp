#include "value_writer.h"

#include <algorithm>
#include <charconv>

#include "conformance.h"
#include "member_merge.h"

namespace linkway::mapping {

using fhirpath::Value;
using fhirpath::ValueKind;
using text::Issue;
using text::Status;

Issue failure(const Step& step, std::string code, std::string message) {
    Issue issue{text::Severity::error, std::move(code), std::move(message), step.at, {}};
    issue.location.field = step.path;
    return issue;
}

std::string_view spelt(const Value& value, std::array<char, 24>& buffer) {
    switch (value.kind) {
        case ValueKind::boolean:
            return value.boolean ? "true" : "false";
        case ValueKind::integer: {
            const auto written =
                std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.integer);
            return {buffer.data(), written.ptr};
        }
        case ValueKind::node:
            return value.node->text;
        default:
            return value.text;
    }
}

Value value_of(const text::Node& node) {
    switch (node.kind) {
        case text::NodeKind::object:
            return Value::of_node(node,
                                  fhir::Definitions::r4().type(node.string_or("resourceType", "")));
        case text::NodeKind::boolean:
            return Value::of_boolean(node.text == "true");
        case text::NodeKind::number: {
            std::int64_t number = 0;
            const char* end = node.text.data() + node.text.size();
            const auto read = std::from_chars(node.text.data(), end, number);
            return read.ec == std::errc{} && read.ptr == end
                       ? Value::of_integer(number)
                       : Value::of_text(ValueKind::decimal, node.text);
        }
        default:
            return Value::of_string(node.text);
    }
}

namespace {

/// A primitive that is there for its extensions only.
bool is_valueless(const Value& value) {
    return value.kind == ValueKind::node && value.type != nullptr &&
           value.type->kind == fhir::TypeKind::primitive;
}

bool is_blank(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}

/// Tries the text of a dynamic value against the element's type and required binding.
Status check(const Step& step, const Value& value, std::string_view text) {
    // Dates of typed columns, booleans and integers are written by ourselves; an instant needs its
    // time all the same.
    const bool our_form = step.test == nullptr || value.kind == ValueKind::boolean ||
                          value.kind == ValueKind::integer ||
                          ((value.kind == ValueKind::date || value.kind == ValueKind::date_time) &&
                           step.type->name != "instant");
    if (!our_form && !step.test(text)) {
        return failure(step, "value",
                       step.path + ": the value is no valid " + std::string(step.type->name));
    }
    if (!step.codes.empty() && !std::binary_search(step.codes.begin(), step.codes.end(), text)) {
        return failure(step, "code-invalid",
                       step.path + ": the code is not in the required value set " +
                           std::string(step.value_set));
    }
    return std::nullopt;
}

/// Only expressions whose type is not known before they run come here with a wrong one.
Status wrong_kind(const Step& step, const Value& value) {
    if (is_valueless(value)) {
        return std::nullopt;
    }
    return failure(step, "value",
                   step.path + " is a " +
                       std::string(step.type == nullptr ? "value" : step.type->name) +
                       ", but the expression gives another type here");
}

/// An element or resource as a whole.
Status append_node(const Step& step, const Value& value, std::string_view prefix, std::string& out,
                   bool& written) {
    if (is_valueless(value)) {
        return std::nullopt;
    }
    if (step.type != nullptr) {
        if (const auto mistake = nonconformance(*value.node, *step.type, step.path)) {
            return failure(step, "structure", *mistake);
        }
    }
    separate(out);
    out += prefix;
    text::append_json(out, *value.node);
    written = true;
    return std::nullopt;
}

}  // namespace

Status append_item(const Step& step, const Value& value, std::string_view prefix, std::string& out,
                   bool& written) {
    if (value.kind == ValueKind::string && step.test == nullptr && step.codes.empty() &&
        (step.kinds & kind_bit(ValueKind::string)) != 0) {
        if (!is_blank(value.text)) {  // most of what is written
            separate(out);
            out += prefix;
            text::append_json_string(out, value.text);
            written = true;
        }
        return std::nullopt;
    }
    if ((step.kinds & kind_bit(value.kind)) == 0) {
        return wrong_kind(step, value);
    }
    if (value.kind == ValueKind::node) {
        return append_node(step, value, prefix, out, written);
    }
    std::array<char, 24> buffer;
    const std::string_view text = spelt(value, buffer);
    if (is_blank(text)) {
        return std::nullopt;
    }
    if (Status status = check(step, value, text)) {
        return status;
    }
    separate(out);
    out += prefix;
    const bool bare = value.kind == ValueKind::boolean || value.kind == ValueKind::integer ||
                      value.kind == ValueKind::decimal;
    if (bare) {
        out += text;
    } else {
        text::append_json_string(out, text);
    }
    written = true;
    return std::nullopt;
}

Status append_members(const Step& step, const Value& value, std::string& out) {
    if (value.kind != ValueKind::node || !value.node->is_object() || is_valueless(value)) {
        return failure(step, "value",
                       step.path +
                           ": only objects can be merged, but the expression gives "
                           "another type here");
    }
    if (step.type != nullptr) {
        if (const auto mistake =
                nonconformance(*value.node, *step.type, step.path, Members::some)) {
            return failure(step, "structure", *mistake);
        }
    }
    for (const text::Member& member : value.node->members) {
        separate(out);
        text::append_json_string(out, member.name);
        out.push_back(':');
        text::append_json(out, member.value);
    }
    return std::nullopt;
}

Status check_needs(const Step& step, std::string_view members) {
    const auto names = member_names(members);
    for (const fhir::ElementDefinition* element : step.needs) {
        const bool given = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return step.type->element(name.starts_with('_') ? name.substr(1) : name) == element;
        });
        if (!given) {
            return failure(step, "required",
                           step.path + "." + std::string(element->name) +
                               (element->choice ? "[x]" : "") + " is required and missing");
        }
    }
    return std::nullopt;
}

}  // namespace linkway::mapping
