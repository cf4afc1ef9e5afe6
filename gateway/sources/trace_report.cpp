// Traces put into words and into JSON.
#include <algorithm>
#include <set>

#include "sources/trace.h"
#include "text/json_writer.h"

namespace linkway::sources {

namespace {

/// A path's parts: name, and index or nothing.
struct Segment {
    std::string_view name;
    std::string_view index;
};

std::vector<Segment> segments(std::string_view path) {
    std::vector<Segment> result;
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t end = std::min(path.find('.', from), path.size());
        const std::string_view part = path.substr(from, end - from);
        const std::size_t bracket = std::min(part.find('['), part.size());
        result.push_back({part.substr(0, bracket), part.substr(bracket)});
        from = end + 1;
    }
    return result;
}

/// Whether `path` is what was asked for or below it; an index that was not asked for may be any.
bool is_within(const std::vector<Segment>& asked, std::string_view path) {
    const std::vector<Segment> parts = segments(path);
    return parts.size() >= asked.size() &&
           std::equal(asked.begin(), asked.end(), parts.begin(),
                      [](const Segment& a, const Segment& b) {
                          return a.name == b.name &&
                                 (a.index.empty() || b.index.empty() || a.index == b.index);
                      });
}

/// The field with its type before it, whichever way it was asked for.
std::string full_path(const ResourceTrace& trace, const std::string& field) {
    return field.starts_with('%') || field == trace.resource_type ||
                   field.starts_with(trace.resource_type + ".")
               ? field
               : trace.resource_type + "." + field;
}

void add_with_reasons(const ResourceTrace& trace, std::size_t step, std::set<std::size_t>& chosen) {
    if (chosen.insert(step).second) {
        for (const std::size_t each : trace.steps[step].step.because) {
            add_with_reasons(trace, each, chosen);
        }
    }
}

std::string words(const SourceRow& row) {
    return row.table + (row.row == 0 ? "" : " row " + std::to_string(row.row)) + ", line " +
           std::to_string(row.line) + " of " + row.file;
}

std::string listed(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        text += (text.empty() ? "" : " | ") + value;
    }
    return text.empty() ? "nothing" : text;
}

/// The answer for people. File names are long, so rows are numbered and told at the end.
class Answer {
  public:
    explicit Answer(const ResourceTrace& trace) : trace_(trace) {}

    void add(const SourceStep& source) {
        const mapping::TracedStep& step = source.step;
        if (step.chose) {
            out_ += step.text + (step.field.empty() ? step.holds ? ": yes" : ": no" : "");
        } else if (step.field.starts_with('%')) {
            out_ += step.text;
        } else {
            out_ += step.field +
                    (step.written.empty() ? ": nothing was written" : " = " + step.written) +
                    (step.replaced ? ", replaced by a merge" : "");
        }
        out_ += "   (line " + std::to_string(step.at.line) + ")\n";
        for (const SourcePart& part : source.parts) {
            add(part, "    ");
        }
    }

    std::string text() const {
        std::string all = trace_.resource_type + (trace_.id.empty() ? "" : "/" + trace_.id) +
                          "\n  made by " + trace_.template_file + "\n  from " + words(trace_.row) +
                          (trace_.row.key.empty() ? "" : "\n  key " + trace_.row.key) + '\n';
        if (!trace_.fate.empty()) {
            all += "  the row is " + trace_.fate + '\n';
        }
        if (!trace_.failed.empty()) {
            all += "  nothing came out: " + trace_.failed + '\n';
        }
        all += '\n' + out_ + (rows_.empty() ? "" : "\nRows\n");
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            all += "  [" + std::to_string(i + 1) + "] " + rows_[i] + '\n';
        }
        all +=
            kept_ ? "Cells are as the staging store keeps them: dates and ids in their usual form\n"
                  : "";
        return all;
    }

  private:
    void add(const SourcePart& part, const std::string& indent) {
        out_ += indent + part.expression + " = " +
                (part.failed.empty() ? listed(part.values) : "error: " + part.failed) + '\n';
        for (const SourceCell& cell : part.cells) {
            out_ += indent + "  from " + cell.column + " of " + number(cell.row) + ": " +
                    (cell.raw.empty() ? "empty" : "\"" + cell.raw + "\"") + '\n';
            kept_ = kept_ || cell.kept;
        }
        for (const SourceEvent& event : part.events) {
            out_ += indent + "  replayed: " + event.kind + ", " +
                    (event.date.empty() ? "no date" : event.date) + ", " + number(event.row) + '\n';
        }
        if (!part.rule.empty()) {
            out_ += indent + "  by \"" + part.rule + "\" of event.yaml:\n";
        }
        for (const SourcePart& inner : part.rule_parts) {
            add(inner, indent + "    ");
        }
    }

    std::string number(const SourceRow& row) {
        const std::string text = words(row);
        const auto known = std::find(rows_.begin(), rows_.end(), text);
        const auto index = known - rows_.begin();
        if (known == rows_.end()) {
            rows_.push_back(text);
        }
        return row.table + " [" + std::to_string(index + 1) + "]";
    }

    const ResourceTrace& trace_;
    std::string out_;
    bool kept_ = false;  // some cell is not as the file has it
    std::vector<std::string> rows_;
};

// JSON.

template <typename Items, typename Write>
void write_list(text::JsonWriter& json, std::string_view name, const Items& items,
                const Write& write) {
    if (items.empty()) {
        return;
    }
    json.name(name);
    json.begin_array();
    for (const auto& item : items) {
        write(item);
    }
    json.end_array();
}

void write_row(text::JsonWriter& json, const SourceRow& row) {
    json.member("file", row.file);
    json.member("row", row.row);
    json.member("line", row.line);
    json.member("table", row.table);
    json.member("key", row.key);
}

void write_part(text::JsonWriter& json, const SourcePart& part) {
    json.begin_object();
    json.member("expression", part.expression);
    json.name("values");
    json.begin_array();
    for (const std::string& value : part.values) {
        json.value(value);
    }
    json.end_array();
    if (!part.failed.empty()) {
        json.member("failed", part.failed);
    }
    write_list(json, "cells", part.cells, [&](const SourceCell& cell) {
        json.begin_object();
        json.member("column", cell.column);
        json.member("raw", cell.raw);
        if (cell.kept) {
            json.name("kept");
            json.value(true);
        }
        write_row(json, cell.row);
        json.end_object();
    });
    write_list(json, "events", part.events, [&](const SourceEvent& event) {
        json.begin_object();
        json.member("kind", event.kind);
        json.member("date", event.date);
        write_row(json, event.row);
        json.end_object();
    });
    if (!part.rule.empty()) {
        json.member("rule", part.rule);
    }
    write_list(json, "ruleParts", part.rule_parts,
               [&](const SourcePart& inner) { write_part(json, inner); });
    json.end_object();
}

void write_step(text::JsonWriter& json, const SourceStep& source) {
    const mapping::TracedStep& step = source.step;
    json.begin_object();
    json.member("text", step.text);
    json.member("line", step.at.line);
    json.member("column", step.at.column);
    if (!step.field.empty()) {
        json.member("field", step.field);
    }
    if (step.chose && step.field.empty()) {
        json.member("holds", step.holds);
    }
    if (!step.written.empty()) {
        json.name(step.replaced ? "replaced" : "written");
        json.raw(step.written);
    }
    write_list(json, "parts", source.parts,
               [&](const SourcePart& part) { write_part(json, part); });
    json.end_object();
}

}  // namespace

std::vector<std::size_t> steps_for(const ResourceTrace& trace, const std::string& field) {
    std::set<std::size_t> chosen;
    if (field.empty()) {
        for (std::size_t i = 0; i < trace.steps.size(); ++i) {
            chosen.insert(i);
        }
        return {chosen.begin(), chosen.end()};
    }
    const std::string path = full_path(trace, field);
    const std::vector<Segment> asked = segments(path);
    const auto add = [&](const auto& is_meant) {
        for (std::size_t i = 0; i < trace.steps.size(); ++i) {
            const std::string& each = trace.steps[i].step.field;
            if (!each.empty() && is_meant(each)) {
                add_with_reasons(trace, i, chosen);
            }
        }
    };
    add([&](const std::string& each) { return is_within(asked, each); });
    for (const mapping::PassedOver& each : trace.passed_over) {
        if (is_within(asked, each.path)) {
            add_with_reasons(trace, each.because, chosen);
        }
    }
    if (chosen.empty()) {  // part of an object that came as a whole
        add([&](const std::string& each) {
            return each.find('.') != std::string::npos && is_within(segments(each), path);
        });
    }
    return {chosen.begin(), chosen.end()};
}

std::vector<std::string> fields(const ResourceTrace& trace) {
    std::set<std::string> names;
    const std::size_t prefix = trace.resource_type.size() + 1;
    for (const SourceStep& each : trace.steps) {
        if (each.step.field.size() > prefix && each.step.field.front() != '%') {
            names.insert(each.step.field.substr(prefix));
        }
    }
    for (const mapping::PassedOver& each : trace.passed_over) {
        if (each.path.size() > prefix && each.path.front() != '%') {
            names.insert(each.path.substr(prefix));
        }
    }
    return {names.begin(), names.end()};
}

std::string to_text(const ResourceTrace& trace, const std::string& field) {
    Answer answer(trace);
    for (const std::size_t step : steps_for(trace, field)) {
        answer.add(trace.steps[step]);
    }
    return answer.text();
}

std::string to_json(const ResourceTrace& trace, const std::string& field) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("resourceType", trace.resource_type);
    json.member("id", trace.id);
    json.member("template", trace.template_file);
    json.name("source");
    json.begin_object();
    write_row(json, trace.row);
    json.end_object();
    if (!trace.fate.empty()) {
        json.member("fate", trace.fate);
    }
    if (!trace.failed.empty()) {
        json.member("failed", trace.failed);
    }
    if (!field.empty()) {
        json.member("field", field);
    }
    write_list(json, "steps", steps_for(trace, field),
               [&](std::size_t step) { write_step(json, trace.steps[step]); });
    json.end_object();
    return out;
}

}  // namespace linkway::sources
