#include "sources/reconciliation.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "text/json_writer.h"

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

void write_counts(text::JsonWriter& json, std::string_view name, const Reasons& counts) {
    json.name(name);
    json.begin_object();
    for (const auto& [key, count] : counts) {
        json.member(key, count);
    }
    json.end_object();
}

void write_file(text::JsonWriter& json, const FileAccount& file) {
    json.begin_object();
    json.member("file", file.file);
    json.member("table", file.table);
    json.member("layout", file.layout);
    json.member("bytes", file.bytes);
    json.member("rows", file.rows);
    json.member("translated", file.translated);
    json.member("superseded", file.superseded);
    json.member("deleted", file.deleted);
    write_counts(json, "notRelevant", file.not_relevant);
    write_counts(json, "held", file.held);
    write_counts(json, "rejected", file.rejected);
    json.end_object();
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
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("system", reconciliation.system);
    json.member("mapping", reconciliation.mapping);
    json.member("layout", reconciliation.layout);
    json.name("files");
    json.begin_array();
    for (const FileAccount& file : reconciliation.files) {
        write_file(json, file);
    }
    json.end_array();
    json.name("total");
    write_file(json, reconciliation.total());
    json.name("unrecognised");
    json.begin_array();
    for (const std::string& file : reconciliation.unrecognised) {
        json.value(file);
    }
    json.end_array();
    json.name("heldBatches");
    json.begin_array();
    for (const auto& [batch, why] : reconciliation.held_batches) {
        json.begin_object();
        json.member("batch", batch);
        json.member("reason", why);
        json.end_object();
    }
    json.end_array();
    write_counts(json, "resources", reconciliation.resources);
    write_counts(json, "quarantined", reconciliation.quarantined);
    json.member("warnings", reconciliation.warnings);
    json.name("issues");
    json.begin_array();
    for (const text::Issue& issue : reconciliation.issues) {
        json.begin_object();
        json.member("severity", text::to_code(issue.severity));
        json.member("text", text::to_string(issue));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out;
}

}  // namespace linkway::sources
