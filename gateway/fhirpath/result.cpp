#include "fhirpath/result.h"

#include "decimal.h"
#include "types.h"

namespace linkway::fhirpath {

namespace {

/// A record may lead to others and back; those are named, not followed.
void append_record(std::string& out, const Record& record) {
    std::pmr::monotonic_buffer_resource arena;
    out += '{';
    for (std::size_t i = 0; i < record.type().fields.size(); ++i) {
        const RecordField& field = record.type().fields[i];
        out += i == 0 ? "" : ",";
        text::append_json_string(out, field.name);
        out += ':';
        Collection items;
        record.field(i, items, arena);
        if (field.kind == ValueKind::record) {
            text::append_json_string(out, field.record != nullptr ? field.record->name : "record");
        } else if (items.size() == 1) {
            append_json(out, items[0]);
        } else {
            out += items.empty() ? "null" : "[";
            for (std::size_t k = 0; k < items.size(); ++k) {
                out += k == 0 ? "" : ",";
                append_json(out, items[k]);
            }
            out += items.empty() ? "" : "]";
        }
    }
    out += '}';
}

/// JSON allows fewer spellings of a number than FHIRPath does.
void append_number(std::string& out, std::string_view text) {
    const auto number = Decimal::parse(text);
    out += number && !fhir::is_valid_primitive("decimal", text) ? number->to_string()
                                                                : std::string(text);
}

}  // namespace

std::string type_name(const Value& value) {
    if (value.type != nullptr) {
        return "FHIR." + std::string(value.type->name);
    }
    if (value.kind == ValueKind::node) {
        return "FHIR.Element";
    }
    return value.kind == ValueKind::record ? std::string(value.record->type().name)
                                           : "System." + std::string(system_name(value.kind));
}

void append_json(std::string& out, const Value& value) {
    switch (value.kind) {
        case ValueKind::boolean:
            out += value.boolean ? "true" : "false";
            break;
        case ValueKind::integer:
            out += std::to_string(value.integer);
            break;
        case ValueKind::decimal:
            append_number(out, value.text);
            break;
        case ValueKind::quantity:
            out += "{\"value\":";
            append_number(out, value.text);
            out += ",\"unit\":";
            text::append_json_string(out, value.unit);
            out += '}';
            break;
        case ValueKind::node:
            if (value.node == nullptr || value.extra != nullptr) {
                out += "null";
            } else {
                text::append_json(out, *value.node);
            }
            break;
        case ValueKind::record:
            append_record(out, *value.record);
            break;
        default:
            text::append_json_string(out, value.text);
    }
}

void append_typed_json(std::string& out, const Value& value) {
    out += "{\"type\":";
    text::append_json_string(out, type_name(value));
    out += ",\"value\":";
    append_json(out, value);
    out += '}';
}

void append_text(std::string& out, const Value& value) {
    if (value.kind == ValueKind::quantity) {
        out += std::string(value.text) + " '" + std::string(value.unit) + "'";
        return;
    }
    std::string json;
    append_json(json, value);
    const bool quoted = json.starts_with('"');
    const bool plain = quoted && json.find('\\') == std::string::npos;
    if (plain) {
        out.append(json, 1, json.size() - 2);
        return;
    }
    if (!quoted) {
        out += json;
        return;
    }
    // Of the escapes only those that keep a text on its line are wanted.
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
        const bool written = json[i] == '\\' && (json[i + 1] == '"' || json[i + 1] == '\\');
        out += written ? json[i + 1] : json[i];
        i += written ? 1 : 0;
    }
}

}  // namespace linkway::fhirpath
