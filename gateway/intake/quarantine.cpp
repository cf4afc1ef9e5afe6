#include "intake/quarantine.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "fhir/operation_outcome.h"
#include "raw.h"
#include "rejected.h"
#include "row_text.h"
#include "sources/replay.h"
#include "text/csv.h"
#include "text/utf8.h"

namespace linkway::intake {

using store::Quarantined;
using text::Issue;
using text::Issues;
using text::Result;
using text::Severity;
using text::Status;

namespace {

/// A record of an item's content, with its line end.
struct Record {
    std::string_view text;
    std::size_t cells = 0;
};

std::vector<Record> records(std::string_view content, const text::CsvDialect& dialect) {
    const char line_end = content.find('\n') == std::string_view::npos ? '\r' : '\n';
    std::vector<Record> result;
    std::vector<std::string_view> fields;
    for (std::size_t at = 0; at < content.size();) {
        bool quoted = false;
        std::size_t end = at;
        while (end < content.size() && (quoted || content[end] != line_end)) {
            quoted = quoted != (content[end++] == dialect.quote);
        }
        end += end < content.size() ? 1 : 0;
        const std::string_view text = content.substr(at, end - at);
        const std::string_view record = text.substr(0, text.find_last_not_of("\r\n") + 1);
        if (!record.empty()) {
            text::split_fields(record, dialect, fields);
            result.push_back({text, fields.size()});
        }
        at = end;
    }
    return result;
}

std::string_view without_end(std::string_view line) {
    return line.substr(0, line.find_last_not_of("\r\n") + 1);
}

Issue refused(const Quarantined& item, const std::string& message, const std::string& suggestion) {
    return {Severity::error, "value", message, {item.id, 0, 0, {}}, suggestion};
}

/// The base name of a file as the reconciliation shows it, without what OpenPGP adds.
std::string base_name(const std::string& file) {
    std::string name = std::filesystem::path(file).filename().string();
    if (name.ends_with(".gpg")) {
        name.resize(name.size() - 4);
    }
    return name;
}

std::uint64_t line_ends(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

Result<std::vector<Quarantined>> quarantined(store::Store& store,
                                             const store::QuarantineQuery& query) {
    std::vector<Quarantined> items;
    if (Status failed = store.read([&](store::Reader& reader) {
            items = reader.quarantined(query);
            return Status();
        })) {
        return *failed;
    }
    return items;
}

Result<Quarantined> find_quarantined(store::Store& store, const std::string& id) {
    store::QuarantineQuery query;
    query.id = id;
    auto items = quarantined(store, query);
    if (items && items->empty()) {
        query.id.clear();
        query.most = 1'000'000;
        items = quarantined(store, query);
        if (items) {
            std::erase_if(*items, [&](const Quarantined& item) {
                return id.empty() || !item.id.starts_with(id);
            });
        }
    }
    if (!items) {
        return std::move(items).issue();
    }
    if (items->size() != 1) {
        return Issue{Severity::error,
                     "not-found",
                     items->empty() ? "nothing in quarantine has the id \"" + id + "\""
                                    : "several items begin with \"" + id + "\"",
                     {},
                     "linkway quarantine list shows their ids"};
    }
    return std::move(items->front());
}

Status Quarantine::change(Quarantined item) {
    item.changed = intake_.parts().now();
    return intake_.parts().store->write([&](store::Writer& writer) {
        writer.put_quarantined(item);
        return Status();
    });
}

Status Quarantine::check(const Quarantined& item, const std::string& content) const {
    if (!text::is_utf8(content)) {
        return refused(item, "it is no UTF-8", "save it as UTF-8");
    }
    if (item.table.empty()) {
        const auto parsed = text::parse_json(content, item.id);
        if (!parsed) {
            return parsed.issue();
        }
        const auto before = text::parse_json(item.content, item.id);
        const bool same = before &&
                          parsed->root().string_or("resourceType", "") ==
                              before->root().string_or("resourceType", "") &&
                          parsed->root().string_or("id", "") == before->root().string_or("id", "");
        return before && !same ? Status(refused(item, "it is another resource: type or id differ",
                                                "keep both as they were"))
                               : Status();
    }
    const auto mapping = intake_.parts().mappings->get(item.system);
    if (!mapping) {
        return mapping.issue();
    }
    const auto& package = (*mapping)->package();
    const auto rows = records(content, package.dialect);
    const std::size_t header = package.dialect.header ? 1 : 0;
    if (rows.size() <= header) {
        return refused(item, "there is no row", "keep header and row, and change the row");
    }
    const auto before = records(item.content, package.dialect);
    if (header == 1 && !before.empty() &&
        without_end(rows[0].text) != without_end(before[0].text)) {
        return refused(item, "the header is not as it was", "change only what stands below it");
    }
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].cells != rows[0].cells) {
            return refused(item,
                           "record " + std::to_string(i + 1) + " has " +
                               std::to_string(rows[i].cells) + " cells, and the first " +
                               std::to_string(rows[0].cells),
                           "check its quotes and commas");
        }
    }
    if (package.dialect.windows_1252 && !to_windows_1252(content)) {
        return refused(item, "a letter has no place in Windows-1252, which the system writes",
                       "spell it otherwise");
    }
    return {};
}

Status Quarantine::edit(const std::string& id, const std::string& content) {
    auto item = find_quarantined(*intake_.parts().store, id);
    if (!item) {
        return item.issue();
    }
    if (item->state == Quarantined::State::replayed) {
        return refused(*item, "it was replayed already",
                       "send the next change as a row of its own");
    }
    if (Status failed = check(*item, content)) {
        return failed;
    }
    item->content = content;
    item->state = Quarantined::State::edited;
    return change(std::move(*item));
}

Status Quarantine::discard(const std::string& id) {
    auto item = find_quarantined(*intake_.parts().store, id);
    if (!item) {
        return item.issue();
    }
    item->state = Quarantined::State::discarded;
    return change(std::move(*item));
}

Result<std::vector<Quarantine::Outcome>> Quarantine::replay(const std::vector<std::string>& ids) {
    std::map<std::pair<std::string, std::string>, std::vector<Quarantined>> rows;  // system, intake
    std::vector<Quarantined> resources;
    std::vector<std::string> all;
    for (const std::string& id : ids) {
        auto item = find_quarantined(*intake_.parts().store, id);
        if (!item) {
            return std::move(item).issue();
        }
        if (std::find(all.begin(), all.end(), item->id) != all.end()) {
            continue;
        }
        if (item->state == Quarantined::State::replayed || item->content.empty()) {
            return refused(*item,
                           item->content.empty() ? "its row could not be read when it came"
                                                 : "it was replayed already",
                           item->content.empty() ? "linkway quarantine edit gives it one" : "");
        }
        if (Status failed = check(*item, item->content);
            failed && item->state == Quarantined::State::edited) {
            return *failed;
        }
        all.push_back(item->id);
        if (item->table.empty()) {
            resources.push_back(std::move(*item));
        } else {
            rows[{item->system, item->intake}].push_back(std::move(*item));
        }
    }
    for (auto& [group, items] : rows) {
        if (Status failed = replay_rows(items)) {
            return *failed;
        }
    }
    for (Quarantined& item : resources) {
        if (Status failed = replay_resource(std::move(item))) {
            return *failed;
        }
    }
    std::vector<Outcome> outcomes;
    for (const std::string& id : all) {
        auto item = find_quarantined(*intake_.parts().store, id);
        if (!item) {
            return std::move(item).issue();
        }
        const bool replayed = item->state == Quarantined::State::replayed;
        outcomes.push_back({id, replayed, replayed ? std::string() : item->reason});
    }
    return outcomes;
}

/// Rows of one intake, as a delta with a file for each they came in.
Status Quarantine::replay_rows(const std::vector<Quarantined>& items) {
    const auto& parts = intake_.parts();
    const auto mapping = parts.mappings->get(items.front().system);
    if (!mapping) {
        return mapping.issue();
    }
    const auto& package = (*mapping)->package();
    Ticket ticket;
    ticket.system = items.front().system;
    ticket.name = "quarantine " + items.front().id +
                  (items.size() > 1 ? " and " + std::to_string(items.size() - 1) + " more" : "");
    ticket.salt = ticket.name + " " + std::to_string(parts.now()) + "\n";
    std::map<std::string, std::string> contents;  // by base name
    for (const Quarantined& item : items) {
        const auto rows = records(item.content, package.dialect);
        std::string& content = contents[base_name(item.file)];
        for (std::size_t i = package.dialect.header && !content.empty() ? 1 : 0; i < rows.size();
             ++i) {
            const std::uint64_t line = line_ends(content) + 1;
            content += rows[i].text;
            content += rows[i].text.ends_with('\n') ? "" : "\r\n";
            if (i > 0 || !package.dialect.header) {
                ticket.replays.push_back(
                    {item.id, base_name(item.file), line, line_ends(content) + 1 - line});
            }
        }
    }
    std::vector<sources::ReplayFile> files;
    for (auto& [name, content] : contents) {
        const auto encoded = package.dialect.windows_1252 ? to_windows_1252(content)
                                                          : std::optional<std::string>(content);
        files.push_back({name, encoded.value_or(content)});
    }
    auto batch = sources::replay_batch(**mapping, parts.folder->state().string(), std::move(files));
    if (!batch) {
        return batch.issue();
    }
    std::size_t at = 0;
    for (const auto& [name, content] : contents) {
        for (ReplayedRow& row : ticket.replays) {
            row.file = row.file == name ? (*batch)[at].name : row.file;
        }
        ++at;
    }
    return intake_.play(ticket, *batch);
}

Status Quarantine::replay_resource(Quarantined item) {
    const auto& parts = intake_.parts();
    Issues issues;
    const auto prepared = check_and_prepare(item.content, item.file, parts.validate, issues);
    Status refused;
    if (prepared) {
        item.state = Quarantined::State::replayed;
        item.changed = parts.now();
        refused = parts.store->write([&](store::Writer& writer) {
            const store::Change::Origin origin{"intake", item.intake, item.changed};
            if (Status failed = parts.apply(writer, {&*prepared, 1}, origin)) {
                return failed;
            }
            writer.put_quarantined(item);
            return Status();
        });
        if (!refused || refused->code == "no-store" || refused->code == "exception") {
            return refused;
        }
        item.state = Quarantined::State::edited;
    }
    item.reason.clear();
    if (refused || issues.empty()) {
        issues = {refused ? *refused : prepared.issue()};
    }
    fhir::append_operation_outcome(item.reason, issues);
    return change(std::move(item));
}

}  // namespace linkway::intake
