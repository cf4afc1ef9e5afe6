#include "acknowledgement.h"

#include <algorithm>
#include <vector>

#include "store/moment.h"
#include "text/csv.h"
#include "text/json_writer.h"
#include "text/node.h"

namespace linkway::delivery {

namespace {

using text::Issue;
using text::Node;

Issue wrong(std::string message) {
    return {text::Severity::error, "structure", std::move(message), {}, ""};
}

/// A time as it is stated; when the file was written where it is not.
text::Result<Filed> filed(std::string_view at, std::string_view by, store::Instant written) {
    Filed made{written, std::string(by)};
    if (!at.empty()) {
        const auto moment = store::moments_of(at);
        if (!moment) {
            return wrong("\"filed_at\" is no time: write 2026-11-23T17:05:28Z");
        }
        made.at = moment->from;
    }
    return made;
}

text::Status add(Acknowledgement& made, std::string_view key, std::string_view at,
                 std::string_view by, store::Instant written) {
    auto one = filed(at, by, written);
    if (!one) {
        return one.issue();
    }
    if (key.empty()) {
        made.all = std::move(*one);
    } else {
        made.entries[std::string(key)] = std::move(*one);
    }
    return {};
}

text::Result<Acknowledgement> read_json(std::string_view content, store::Instant written) {
    const auto document = text::parse_json(content, "acknowledgement");
    if (!document) {
        return document.issue();
    }
    Acknowledgement made;
    const Node& root = document->root();
    const auto take = [&](const Node& one) {
        return add(made, one.string_or("key", ""), one.string_or("filed_at", ""),
                   one.string_or("by", ""), written);
    };
    if (root.is_object()) {
        if (auto failed = take(root)) {
            return *std::move(failed);
        }
        return made;
    }
    for (const Node& one : root.items) {
        if (!one.is_object() || one.string_or("key", "").empty()) {
            return wrong("each of a list has the \"key\" of an entry");
        }
        if (auto failed = take(one)) {
            return *std::move(failed);
        }
    }
    return made;
}

text::Result<Acknowledgement> read_csv(std::string_view content, store::Instant written) {
    Acknowledgement made;
    const text::CsvDialect dialect;
    std::vector<std::string> names;
    while (!content.empty()) {
        const std::size_t end = std::min(content.find('\n'), content.size());
        std::string_view line = content.substr(0, end);
        content.remove_prefix(std::min(end + 1, content.size()));
        line.remove_suffix(!line.empty() && line.back() == '\r' ? 1 : 0);
        std::vector<std::string_view> raw;
        text::split_fields(line, dialect, raw);
        std::string scratch;
        std::vector<std::string> fields;
        for (const std::string_view field : raw) {
            fields.emplace_back(text::field_content(field, dialect, scratch));
        }
        if (names.empty()) {
            names = std::move(fields);
            if (std::find(names.begin(), names.end(), "key") == names.end()) {
                return wrong("it is neither JSON nor CSV with the columns key,filed_at,by");
            }
            continue;
        }
        if (line.empty()) {
            continue;
        }
        const auto cell = [&](std::string_view name) -> std::string_view {
            const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                                     names.begin());
            return at < fields.size() ? std::string_view(fields[at]) : std::string_view();
        };
        if (fields.size() != names.size() || cell("key").empty()) {
            return wrong("a row has no key, or more or fewer fields than the header");
        }
        if (auto failed = add(made, cell("key"), cell("filed_at"), cell("by"), written)) {
            return *std::move(failed);
        }
    }
    return made;
}

}  // namespace

text::Result<Acknowledgement> read_acknowledgement(std::string_view content,
                                                   store::Instant written) {
    const std::size_t first = content.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        Acknowledgement made;
        made.all = Filed{written, {}};
        return made;
    }
    auto made = content[first] == '{' || content[first] == '[' ? read_json(content, written)
                                                               : read_csv(content, written);
    if (made && !made->all && made->entries.empty()) {
        return wrong("it names no entry");  // perhaps the rest is still to be written
    }
    return made;
}

std::string to_json(const std::map<std::string, Filed, std::less<>>& entries) {
    std::string json;
    text::JsonWriter out(json);
    out.begin_array();
    for (const auto& [key, filed_entry] : entries) {
        out.begin_object();
        out.member("key", key);
        out.member("filed_at", store::to_instant(filed_entry.at));
        out.member("by", filed_entry.by);
        out.end_object();
    }
    out.end_array();
    return json;
}

std::map<std::string, Filed, std::less<>> filed_entries(std::string_view json) {
    if (json.empty()) {
        return {};
    }
    const auto read = read_acknowledgement(json, 0);
    return read ? read->entries : std::map<std::string, Filed, std::less<>>{};
}

}  // namespace linkway::delivery
