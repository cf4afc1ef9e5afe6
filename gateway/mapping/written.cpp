#include "written.h"

#include <algorithm>
#include <charconv>

#include "conformance.h"
#include "member_merge.h"

namespace linkway::mapping {

namespace {

using fhirpath::Value;
using fhirpath::ValueKind;
using text::Status;

bool is_valueless(const Value& value) {
    // A primitive that is there for its extensions only.
    return value.kind == ValueKind::node && value.type != nullptr &&
           value.type->kind == fhir::TypeKind::primitive;
}

}  // namespace

text::Issue failure(const Step& step, std::string code, std::string message) {
    text::Issue issue{text::Severity::error, std::move(code), std::move(message), step.at, {}};
    issue.location.field = step.path;
    return issue;
}

Status wrong_kind(const Step& step, const Value& value) {
    if (is_valueless(value)) {
        return {};
    }
    return failure(step, "value",
                   step.path + " is a " +
                       std::string(step.type == nullptr ? "value" : step.type->name) +
                       ", but the expression gives another type here");
}

Status append_node(const Step& step, const Value& value, std::string_view prefix, std::string& out,
                   bool& written) {
    if (is_valueless(value)) {
        return {};
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
    return {};
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
    return {};
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
    return {};
}

}  // namespace linkway::mapping
