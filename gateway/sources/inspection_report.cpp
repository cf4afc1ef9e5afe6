// An inspection put into words and into JSON.
#include <algorithm>

#include "sources/inspection.h"
#include "text/json_writer.h"

namespace linkway::sources {

namespace {

constexpr std::size_t most_listed = 20;

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string state_of(const TableInspection& table) {
    return table.files == 0 ? table.required ? "MISSING: nothing can be applied without it"
                              : table.used   ? "missing"
                                             : "missing, not used"
           : table.used     ? ""
                            : "rows are counted only";
}

void append_tables(std::string& out, const Inspection& inspection) {
    std::size_t width = 5;
    for (const TableInspection& table : inspection.tables) {
        width = std::max(width, table.name.size());
    }
    out += "\nTables\n";
    for (const TableInspection& table : inspection.tables) {
        std::string line = "  " + padded(table.name, width);
        if (table.files > 0) {
            line +=
                padded("  " + std::to_string(table.rows) + " rows", 18) +
                padded(std::to_string(table.files) + (table.files == 1 ? " file" : " files"), 10) +
                padded(table.encoding, 14) + (table.byte_order_mark ? "BOM  " : "");
        }
        const std::string state = state_of(table);
        line += state.empty() ? "" : "  " + state;
        out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
}

void append_practices(std::string& out, const Inspection& inspection) {
    out += "\nPractices: " + std::to_string(inspection.practices.size()) + '\n';
    std::vector<PracticeInspection> practices = inspection.practices;
    std::stable_sort(practices.begin(), practices.end(),
                     [](const PracticeInspection& a, const PracticeInspection& b) {
                         return a.referrals > b.referrals;
                     });
    for (std::size_t i = 0; i < std::min(practices.size(), most_listed); ++i) {
        const PracticeInspection& each = practices[i];
        out += "  " + (each.ods_code.empty() ? each.key : each.ods_code + " " + each.name) + ": " +
               std::to_string(each.referrals) +
               (each.referrals == 1 ? " referral\n" : " referrals\n");
    }
    if (practices.size() > most_listed) {
        out += "  and " + std::to_string(practices.size() - most_listed) + " more (--json)\n";
    }
}

void append_defects(std::string& out, const Inspection& inspection) {
    out += "\nDefects in rows that matter" +
           std::string(inspection.defects.empty() ? ": none" : "") + '\n';
    std::vector<std::pair<std::uint64_t, std::string>> defects;
    for (const auto& [what, count] : inspection.defects) {
        defects.emplace_back(count, what);
    }
    std::stable_sort(defects.begin(), defects.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < std::min(defects.size(), most_listed); ++i) {
        out += "  " + std::to_string(defects[i].first) + "  " + defects[i].second + '\n';
    }
    if (defects.size() > most_listed) {
        out += "  and " + std::to_string(defects.size() - most_listed) + " more kinds (--json)\n";
    }
    const FileAccount total = inspection.reconciliation.total();
    const auto append = [&](const char* what, const auto& reasons) {
        for (const auto& [reason, count] : reasons) {
            out += "  " + std::string(what) + ": " + reason + ": " + std::to_string(count) + '\n';
        }
    };
    append("would be held", total.held);
    append("would be rejected", total.rejected);
    for (const text::Issue& issue : inspection.reconciliation.issues) {
        out += "  " + text::to_string(issue) + '\n';
    }
}

}  // namespace

std::string to_text(const Inspection& inspection) {
    const Reconciliation& account = inspection.reconciliation;
    std::string out = inspection.title + " extract, mapping " + inspection.mapping + ", layout " +
                      (account.layout.empty() ? "of several versions" : account.layout) + "\n" +
                      std::to_string(account.total().rows) + " rows, " +
                      std::to_string(inspection.bytes) + " bytes\n\nBatches\n";
    for (const BatchInspection& batch : inspection.batches) {
        out += "  " + batch.name + ", " + std::to_string(batch.files) + " files" +
               (batch.held.empty() ? "" : ": would be held: " + batch.held) + '\n';
    }
    append_tables(out, inspection);
    for (const std::string& file : account.unrecognised) {
        out += "  not recognised: " + file + '\n';
    }
    append_practices(out, inspection);
    out += "\nSocial prescribing: " + std::to_string(inspection.patients) + " patients\n";
    for (const auto& [kind, events] : inspection.events) {
        out += "  " + padded(kind, 11) + " " + std::to_string(events.count) +
               (events.first.empty() ? "" : ", " + events.first + " to " + events.last) + '\n';
    }
    out += "  would give:";
    for (const auto& [type, count] : account.resources) {
        out += ' ' + type + ' ' + std::to_string(count);
    }
    out += account.resources.empty() ? " nothing\n" : "\n";
    append_defects(out, inspection);
    return out;
}

std::string to_json(const Inspection& inspection) {
    std::string out;
    text::JsonWriter json(out);
    const auto list = [&](const char* name, const auto& items, const auto& write) {
        json.name(name);
        json.begin_array();
        for (const auto& item : items) {
            json.begin_object();
            write(item);
            json.end_object();
        }
        json.end_array();
    };
    json.begin_object();
    json.member("system", inspection.system);
    json.member("title", inspection.title);
    json.member("mapping", inspection.mapping);
    json.member("layout", inspection.reconciliation.layout);
    json.member("bytes", inspection.bytes);
    list("batches", inspection.batches, [&](const BatchInspection& batch) {
        json.member("name", batch.name);
        json.member("extracted", batch.extracted);
        json.member("files", batch.files);
        json.member("held", batch.held);
    });
    list("tables", inspection.tables, [&](const TableInspection& table) {
        json.member("name", table.name);
        json.member("files", table.files);
        json.member("rows", table.rows);
        json.member("encoding", table.encoding);
        json.member("byteOrderMark", table.byte_order_mark);
        json.member("required", table.required);
        json.member("used", table.used);
    });
    list("practices", inspection.practices, [&](const PracticeInspection& practice) {
        json.member("key", practice.key);
        json.member("odsCode", practice.ods_code);
        json.member("name", practice.name);
        json.member("referrals", practice.referrals);
    });
    json.member("patients", inspection.patients);
    list("events", inspection.events, [&](const auto& event) {
        json.member("kind", event.first);
        json.member("count", event.second.count);
        json.member("first", event.second.first);
        json.member("last", event.second.last);
    });
    list("defects", inspection.defects, [&](const auto& defect) {
        json.member("what", defect.first);
        json.member("count", defect.second);
    });
    json.name("reconciliation");
    json.raw(to_json(inspection.reconciliation));
    json.end_object();
    return out;
}

}  // namespace linkway::sources
