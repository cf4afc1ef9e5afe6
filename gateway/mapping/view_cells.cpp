// Cells as JSON and as CSV.
#include <array>

#include "mapping/view.h"
#include "value_writer.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Value;
using fhirpath::ValueKind;

bool is_structure(const Value& value) {
    return value.kind == ValueKind::node && value.node != nullptr &&
           (value.node->is_object() || value.node->is_array());
}

void append_json_value(std::string& out, const Value& value) {
    std::array<char, 24> buffer;
    if (is_structure(value)) {
        text::append_json(out, *value.node);
    } else if (value.kind == ValueKind::boolean || value.kind == ValueKind::integer ||
               value.kind == ValueKind::decimal) {
        out += spelt(value, buffer);
    } else if (value.kind == ValueKind::quantity) {
        text::append_json_string(out,
                                 std::string(value.text) + " '" + std::string(value.unit) + "'");
    } else {
        text::append_json_string(out, spelt(value, buffer));
    }
}

}  // namespace

void append_json_cell(std::string& out, const ViewColumn& column, const Collection& cell) {
    if (!column.collection) {
        if (cell.empty()) {
            out += "null";
        } else {
            append_json_value(out, cell[0]);
        }
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < cell.size(); ++i) {
        out += i == 0 ? "" : ",";
        append_json_value(out, cell[i]);
    }
    out += ']';
}

void append_text_cell(std::string& out, const ViewColumn& column, const Collection& cell) {
    std::array<char, 24> buffer;
    if (!column.collection && cell.empty()) {
        return;
    }
    if (!column.collection && !is_structure(cell[0]) && cell[0].kind != ValueKind::quantity) {
        out += spelt(cell[0], buffer);
    } else {
        append_json_cell(out, column, cell);
    }
}

void append_csv_field(std::string& out, std::string_view text) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos && !text.starts_with(' ') &&
        !text.ends_with(' ')) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        out.append(c == '"' ? 2 : 1, c);
    }
    out += '"';
}

void append_csv_cell(std::string& out, const ViewColumn& column, const Collection& cell) {
    if (column.collection || !cell.empty()) {
        std::string text;
        append_text_cell(text, column, cell);
        append_csv_field(out, text);
    }
}

}  // namespace linkway::mapping
