#include "ledger.h"

#include <algorithm>
#include <map>

#include "fhir/digest.h"

namespace linkway::sources {

namespace {

using text::Severity;

/// SHA-256 of what a file holds once decrypted and inflated, in hexadecimal digits; empty when it
/// can't be read to its end (the scan will say why).
std::string content_hash(const InputFile& file, const InputOptions& options) {
    auto stream = open_stream(file, options);
    if (!stream) {
        return {};
    }
    fhir::Sha256 digest;
    std::vector<char> block(std::size_t{1} << 18);
    for (;;) {
        const auto size = (*stream)->read(block);
        if (!size) {
            return {};
        }
        if (*size == 0) {
            return digest.hex();
        }
        digest.add({block.data(), *size});
    }
}

}  // namespace

Ledger::Ledger(sqlite::Database& database)
    : database_(database),
      first_(database.ask("SELECT max(id) FROM file") + 1),
      by_name_(database, "SELECT content, rows, whole FROM file WHERE name = ? AND timestamp = ?"),
      by_feed_(database,
               "SELECT timestamp, sequence_from, sequence_to, extracted FROM file WHERE feed = ?"
               " ORDER BY timestamp DESC, sequence_to DESC LIMIT 1"),
      has_(database, "SELECT 1 FROM file WHERE feed = ? AND timestamp = ? AND tbl = ?"),
      covered_to_(database, "SELECT covered_to FROM coverage WHERE feed = ? AND tbl = ?"),
      origin_(database, "SELECT display, extracted FROM file WHERE id = ?") {}

EarlierRuns Ledger::runs() {
    return {[this](const Batch& batch, const std::string& table) {
                return has_
                    .with(std::string_view(batch.feed), std::string_view(batch.timestamp),
                          std::string_view(table))
                    .next();
            },
            [this](const std::string& feed, const std::string& table) {
                return covered_to_.with(std::string_view(feed), std::string_view(table)).next()
                           ? std::string(covered_to_.text(0))
                           : std::string();
            }};
}

void Ledger::compare(Inventory& inventory, const InputOptions& options) {
    compare_content(inventory, options);
    compare_order(inventory);
}

void Ledger::compare_content(Inventory& inventory, const InputOptions& options) {
    contents_.clear();
    for (TableFile& file : inventory.files) {
        const std::string content = content_hash(file.file, options);
        bool other_content = false;
        // Names alone tell no batches apart where they say no time.
        by_name_.with(std::string_view(file.file.name),
                      std::string_view(inventory.batches[file.batch].timestamp));
        while (by_name_.next()) {
            const bool same = by_name_.text(0) == content;
            other_content = other_content || !same;
            if (same && by_name_.integer(2) != 0) {
                file.applied_rows = static_cast<std::uint64_t>(by_name_.integer(1));
            }
        }
        if (other_content && !file.applied_rows) {
            inventory.issues.push_back({Severity::warning,
                                        "conflict",
                                        "a file of this name was applied before with other content",
                                        {file.file.display, 0, 0, {}},
                                        "its rows are applied over those of the first"});
        }
        contents_.push_back(content);
    }
}

/// A batch is applied only after all that come before it in its feed: what it says could no longer
/// be told from what a later one took back.
void Ledger::compare_order(Inventory& inventory) {
    std::map<std::string, Batch> latest;
    for (Batch& batch : inventory.batches) {
        const auto [found, fresh] = latest.try_emplace(batch.feed);
        Batch& last = found->second;
        if (fresh && by_feed_.with(std::string_view(batch.feed)).next()) {
            last.feed = batch.feed;
            last.timestamp = by_feed_.text(0);
            last.sequence_from = static_cast<std::uint64_t>(by_feed_.integer(1));
            last.sequence_to = static_cast<std::uint64_t>(by_feed_.integer(2));
            last.extracted = by_feed_.text(3);
        }
        const bool all_applied = std::all_of(
            batch.files.begin(), batch.files.end(),
            [&](std::size_t index) { return inventory.files[index].applied_rows.has_value(); });
        if (all_applied || !batch.held.empty()) {
            continue;
        }
        if (batch.timestamp < last.timestamp) {
            batch.held = "a later batch of the feed was applied before it (" + last.name() + ")";
            inventory.issues.push_back({Severity::error,
                                        "conflict",
                                        "batch " + batch.name() + " comes out of order: " +
                                            last.name() + " of the same feed was applied already",
                                        {},
                                        "ask for a bulk extract: it says everything again"});
            continue;
        }
        if (last.sequence_to != 0 && batch.sequence_from > last.sequence_to + 1) {
            const std::uint64_t from = last.sequence_to + 1;
            const std::uint64_t to = batch.sequence_from - 1;
            inventory.issues.push_back(
                {Severity::warning,
                 "incomplete",
                 "between batches " + last.name() + " and " + batch.name() +
                     " nothing came with number " + std::to_string(from) +
                     (to > from ? " to " + std::to_string(to) : std::string()),
                 {},
                 "if the system made such a batch, fetch it and ask for a bulk extract: it can no "
                 "longer be applied in its place"});
        }
        last = batch;
        last.files.clear();
    }
}

void Ledger::enter(const Inventory& inventory, const std::vector<FileAccount>& accounts,
                   const DataPackage& package) {
    sqlite::Statement add(
        database_,
        "INSERT INTO file (id, name, content, display, tbl, feed, timestamp, extracted,"
        " sequence_from, sequence_to, rows, whole)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < inventory.files.size(); ++i) {
        const TableFile& file = inventory.files[i];
        const Batch& batch = inventory.batches[file.batch];
        if (!batch.held.empty() || file.applied_rows) {
            continue;
        }
        add.with(first_ + static_cast<std::int64_t>(i), std::string_view(file.file.name),
                 std::string_view(contents_[i]), std::string_view(file.file.display),
                 std::string_view(package.tables[static_cast<std::size_t>(file.table)].name),
                 std::string_view(batch.feed), std::string_view(batch.timestamp),
                 std::string_view(batch.extracted), static_cast<std::int64_t>(batch.sequence_from),
                 static_cast<std::int64_t>(batch.sequence_to),
                 static_cast<std::int64_t>(accounts[i].rows),
                 std::int64_t{!accounts[i].held_back && !contents_[i].empty()})
            .run();
    }
    for (const Batch& batch : inventory.batches) {
        if (batch.held.empty()) {
            enter_coverage(batch);
        }
    }
}

void Ledger::enter_coverage(const Batch& batch) {
    sqlite::Statement add(database_,
                          "INSERT INTO coverage VALUES (?, ?, ?) ON CONFLICT (feed, tbl)"
                          " DO UPDATE SET covered_to = max(covered_to, excluded.covered_to)");
    for (const auto& [table, covers] : batch.covers) {
        if (!covers.to.empty()) {
            add.with(std::string_view(batch.feed), std::string_view(table),
                     std::string_view(covers.to))
                .run();
        }
    }
}

std::pair<std::string, std::string> Ledger::origin(std::int64_t file) {
    if (!origin_.with(file).next()) {
        return {};
    }
    return {std::string(origin_.text(0)), std::string(origin_.text(1))};
}

}  // namespace linkway::sources
