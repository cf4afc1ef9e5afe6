#include "sources/reconciliation.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "text/node.h"

namespace linkway::sources {

namespace {

using Reasons = std::map<std::string, std::uint64_t>;

std::uint64_t sum(const Reasons& reasons) {
    std::uint64_t total = 0;
    for (const auto& [reason, count] : reasons) {
        total += count;
    }
    return total;
}

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return digits;
}

constexpr std::array<const char*, 7> headings = {
    "rows", "translated", "not relevant", "superseded", "deleted", "held", "rejected"};

std::array<std::uint64_t, 7> numbers(const FileAccount& file) {
    return {file.rows,    file.translated, sum(file.not_relevant), file.superseded,
            file.deleted, sum(file.held),  sum(file.rejected)};
}

void append_row(std::string& out, const std::string& name, std::size_t width,
                const std::array<std::string, 7>& cells) {
    out += name;
    out.append(width - name.size(), ' ');
    for (const std::string& cell : cells) {
        out.append(cell.size() < 14 ? 14 - cell.size() : 1, ' ');
        out += cell;
    }
    out += '\n';
}

void append_reasons(std::string& out, const char* what, const Reasons& reasons) {
    for (const auto& [reason, count] : reasons) {
        out += "  " + std::string(what) + ": " + reason + ": " + grouped(count) + '\n';
    }
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    text::append_json_string(out, name);
    out += ':';
    text::append_json_string(out, value);
}

void append_counts(std::string& out, std::string_view name, const Reasons& counts) {
    text::append_json_string(out, name);
    out += ":{";
    bool first = true;
    for (const auto& [key, count] : counts) {
        out += first ? "" : ",";
        first = false;
        text::append_json_string(out, key);
        out += ':' + std::to_string(count);
    }
    out += '}';
}

void append_file(std::string& out, const FileAccount& file) {
    out += '{';
    append_member(out, "file", file.file);
    out += ',';
    append_member(out, "table", file.table);
    out += ',';
    append_member(out, "layout", file.layout);
    out += ",\"bytes\":" + std::to_string(file.bytes) + ",\"rows\":" + std::to_string(file.rows);
    out += ",\"translated\":" + std::to_string(file.translated) +
           ",\"superseded\":" + std::to_string(file.superseded);
    out += ",\"deleted\":" + std::to_string(file.deleted) + ',';
    append_counts(out, "notRelevant", file.not_relevant);
    out += ',';
    append_counts(out, "held", file.held);
    out += ',';
    append_counts(out, "rejected", file.rejected);
    out += '}';
}

void merge(Reasons& into, const Reasons& from) {
    for (const auto& [reason, count] : from) {
        into[reason] += count;
    }
}

}  // namespace

std::uint64_t FileAccount::accounted() const {
    return translated + superseded + deleted + sum(not_relevant) + sum(held) + sum(rejected);
}

FileAccount Reconciliation::total() const {
    FileAccount total;
    total.file = "total";
    for (const FileAccount& file : files) {
        total.bytes += file.bytes;
        total.rows += file.rows;
        total.translated += file.translated;
        total.superseded += file.superseded;
        total.deleted += file.deleted;
        merge(total.not_relevant, file.not_relevant);
        merge(total.held, file.held);
        merge(total.rejected, file.rejected);
    }
    return total;
}

bool Reconciliation::clean() const {
    const FileAccount all = total();
    return all.held.empty() && all.rejected.empty() && held_batches.empty();
}

std::string to_table(const Reconciliation& reconciliation) {
    std::size_t width = 5;
    for (const FileAccount& file : reconciliation.files) {
        width = std::max(width, file.file.size());
    }
    std::string out;
    std::array<std::string, 7> cells;
    std::copy(headings.begin(), headings.end(), cells.begin());
    append_row(out, "file", width, cells);
    const auto append_numbers = [&](const FileAccount& file) {
        const auto row = numbers(file);
        std::transform(row.begin(), row.end(), cells.begin(), grouped);
        append_row(out, file.file, width, cells);
    };
    for (const FileAccount& file : reconciliation.files) {
        append_numbers(file);
    }
    const FileAccount total = reconciliation.total();
    append_numbers(total);
    out += '\n';
    append_reasons(out, "not relevant", total.not_relevant);
    append_reasons(out, "held", total.held);
    append_reasons(out, "rejected", total.rejected);
    for (const auto& [batch, why] : reconciliation.held_batches) {
        out += "  batch held: " + batch + ": " + why + '\n';
    }
    for (const std::string& file : reconciliation.unrecognised) {
        out += "  not recognised: " + file + '\n';
    }
    if (reconciliation.warnings > 0) {
        out += "  translated with warnings: " + grouped(reconciliation.warnings) +
               " (see warnings.ndjson)\n";
    }
    out += "\nlayout: " +
           (reconciliation.layout.empty() ? std::string("of several versions")
                                          : reconciliation.layout) +
           "\nresources:";
    for (const auto& [type, count] : reconciliation.resources) {
        out += ' ' + type + ' ' + grouped(count);
    }
    out += reconciliation.resources.empty() ? " none\n" : "\n";
    if (!reconciliation.quarantined.empty()) {
        out += "in quarantine:";
        for (const auto& [type, count] : reconciliation.quarantined) {
            out += ' ' + type + ' ' + grouped(count);
        }
        out += '\n';
    }
    return out;
}

std::string to_json(const Reconciliation& reconciliation) {
    std::string out = "{";
    append_member(out, "system", reconciliation.system);
    out += ',';
    append_member(out, "mapping", reconciliation.mapping);
    out += ',';
    append_member(out, "layout", reconciliation.layout);
    out += ",\"files\":[";
    for (const FileAccount& file : reconciliation.files) {
        out += out.back() == '[' ? "" : ",";
        append_file(out, file);
    }
    out += "],\"total\":";
    append_file(out, reconciliation.total());
    out += ",\"unrecognised\":[";
    for (const std::string& file : reconciliation.unrecognised) {
        out += out.back() == '[' ? "" : ",";
        text::append_json_string(out, file);
    }
    out += "],\"heldBatches\":[";
    for (const auto& [batch, why] : reconciliation.held_batches) {
        out += out.back() == '[' ? "{" : ",{";
        append_member(out, "batch", batch);
        out += ',';
        append_member(out, "reason", why);
        out += '}';
    }
    out += "],";
    append_counts(out, "resources", reconciliation.resources);
    out += ',';
    append_counts(out, "quarantined", reconciliation.quarantined);
    out += ",\"warnings\":" + std::to_string(reconciliation.warnings) + ",\"issues\":[";
    for (const text::Issue& issue : reconciliation.issues) {
        out += out.back() == '[' ? "{" : ",{";
        append_member(out, "severity", text::to_code(issue.severity));
        out += ',';
        append_member(out, "text", text::to_string(issue));
        out += '}';
    }
    out += "]}";
    return out;
}

}  // namespace linkway::sources
