#include "sources/inventory.h"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "batch_manifest.h"
#include "text/temporal.h"

namespace linkway::sources {

namespace {

using text::Severity;

/// What a file's name says.
struct NameParts {
    std::string table;
    std::string feed;
    std::string timestamp;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::map<std::string, std::string> groups;  // all of them, by meaning
};

std::uint64_t number(const std::string& text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<NameParts> parse_name(Poco::RegularExpression& pattern, const FileNameRule& rule,
                                    const std::string& name) {
    std::vector<std::string> found;
    if (pattern.split(name, found) == 0) {
        return {};
    }
    NameParts parts;
    for (std::size_t i = 0; i < rule.groups.size() && i + 1 < found.size(); ++i) {
        const std::string& meaning = rule.groups[i];
        const std::string& value = found[i + 1];
        parts.groups[meaning] = value;
        if (meaning == "table") {
            parts.table = value;
        } else if (meaning == "feed") {
            parts.feed = value;
            std::transform(value.begin(), value.end(), parts.feed.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        } else if (meaning == "timestamp") {
            parts.timestamp = value;
        } else if (meaning == "sequenceFrom") {
            parts.from = number(value);
        } else if (meaning == "sequenceTo") {
            parts.to = number(value);
        }
    }
    parts.to = std::max(parts.from, parts.to);
    return parts;
}

std::string moment(const std::string& timestamp, const std::string& format) {
    std::string result;
    if (const auto parsed = text::parse_date_time(timestamp, format)) {
        text::append_uk_date_time(result, parsed->date, parsed->time);
    } else if (const auto date = text::parse_date(timestamp, format)) {
        text::append_date(result, *date);
    }
    return result;
}

/// Finds the package's columns in the header; reports strangers once and missing keys.
void match_header(TableFile& file, const DataPackage& package, std::set<std::string>& reported,
                  Inventory& inventory) {
    const Table& table = package.tables[static_cast<std::size_t>(file.table)];
    file.columns.assign(table.columns.size(), -1);
    std::vector<std::string> names;
    for (const Column& column : table.columns) {
        names.push_back(column.name);
    }
    for (std::size_t i = 0; i < file.header.columns.size(); ++i) {
        const int column = table.find(file.header.columns[i]);
        if (column >= 0) {
            file.columns[static_cast<std::size_t>(column)] = static_cast<int>(i);
        } else if (reported.insert(table.name + "." + file.header.columns[i]).second) {
            const auto meant = text::nearest(file.header.columns[i], names);
            inventory.issues.push_back(
                {Severity::warning,
                 "informational",
                 "column \"" + file.header.columns[i] + "\" of " + table.name +
                     " is not in the data package; it is not translated",
                 {file.file.display, 1, 0, file.header.columns[i]},
                 meant ? "if it is " + *meant + ", add it to that column's aliases"
                       : "describe it in datapackage.json to use it"});
        }
    }
    file.layouts = matching_versions(package, table, file.header.columns);
    for (const int key : table.key) {
        const Column& column = table.columns[static_cast<std::size_t>(key)];
        if (file.columns[static_cast<std::size_t>(key)] < 0 && column.file_name.empty()) {
            const std::string& name = column.name;
            inventory.issues.push_back({Severity::error,
                                        "structure",
                                        "the key column " + name + " is missing from the header",
                                        {file.file.display, 1, 0, name},
                                        "is this a " + table.name + " file, separated by \"" +
                                            package.dialect.delimiter + "\"?"});
        }
    }
}

/// How many columns the table's files without header may have, by layout, oldest first.
std::vector<std::size_t> widths(const DataPackage& package, const Table& table) {
    std::vector<std::size_t> result;
    for (const std::string& version : package.versions) {
        result.push_back(columns_in_order(package, table, version).size());
    }
    return result;
}

/// The layouts that have as many columns as a file without header has.
void match_width(TableFile& file, const DataPackage& package) {
    const Table& table = package.tables[static_cast<std::size_t>(file.table)];
    for (const std::string& version : package.versions) {
        if (columns_in_order(package, table, version).size() == file.header.columns.size()) {
            file.layouts.push_back(version);
        }
    }
}

/// Where several layouts have that many columns, those that fit the batch's other files, and of
/// these the newest, say what each column is.
void place_columns(const std::vector<std::size_t>& batch, const DataPackage& package,
                   Inventory& inventory) {
    const auto fits = [&](const std::string& version) {
        return std::all_of(batch.begin(), batch.end(), [&](std::size_t index) {
            const auto& layouts = inventory.files[index].layouts;
            return layouts.empty() ||
                   std::find(layouts.begin(), layouts.end(), version) != layouts.end();
        });
    };
    for (const std::size_t index : batch) {
        TableFile& file = inventory.files[index];
        const Table& table = package.tables[static_cast<std::size_t>(file.table)];
        file.columns.assign(table.columns.size(), -1);
        std::vector<std::string> common;
        std::copy_if(file.layouts.begin(), file.layouts.end(), std::back_inserter(common), fits);
        if (!common.empty()) {
            file.layouts = std::move(common);
        }
        if (file.layouts.empty()) {
            continue;
        }
        const std::vector<int> order = columns_in_order(package, table, file.layouts.back());
        for (std::size_t i = 0; i < order.size(); ++i) {
            file.columns[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
        }
    }
}

/// What the file's name says stands behind the cells of each of its rows.
void place_name(TableFile& file, const Table& table, const NameParts& parts) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string& group = table.columns[i].file_name;
        if (group.empty()) {
            continue;
        }
        // Feeds are compared in capitals, and so is what they give.
        const auto found = parts.groups.find(group);
        file.columns[i] = static_cast<int>(file.header.columns.size() + file.from_name.size());
        file.from_name.push_back(group == "feed"               ? parts.feed
                                 : found == parts.groups.end() ? std::string()
                                                               : found->second);
    }
}

/// Holds batches that can't be applied, and what comes after them in the same feed.
void hold_incomplete(const DataPackage& package, Inventory& inventory, const EarlierRuns& earlier) {
    std::map<std::string, std::string> broken_feeds;
    for (Batch& batch : inventory.batches) {
        if (const auto broken = broken_feeds.find(batch.feed); broken != broken_feeds.end()) {
            batch.held = "an earlier batch of the feed is held (" + broken->second + ")";
            continue;
        }
        std::set<int> present;
        for (const std::size_t index : batch.files) {
            present.insert(inventory.files[index].table);
        }
        for (std::size_t t = 0; t < package.tables.size(); ++t) {
            if (package.tables[t].required && present.count(static_cast<int>(t)) == 0 &&
                !(earlier.has && earlier.has(batch, package.tables[t].name))) {
                batch.held = "the batch is incomplete";
                inventory.issues.push_back(
                    {Severity::error,
                     "incomplete",
                     "batch " + batch.name() + " has no " + package.tables[t].name + " file",
                     {},
                     "fetch the whole batch again; a table without changes is sent with its header "
                     "only"});
            }
        }
        if (!batch.held.empty()) {
            broken_feeds[batch.feed] = batch.name();
        }
    }
}

std::string folder_of(const InputFile& file) {
    const std::string& place = file.container.empty() ? file.path : file.container;
    return std::filesystem::path(place).parent_path().string();
}

}  // namespace

std::string Batch::name() const {
    // Systems that do not number their batches tell them apart by practice and time.
    std::string result = sequence_to == 0 ? feed : std::to_string(sequence_from);
    if (sequence_to != sequence_from) {
        result += "-" + std::to_string(sequence_to);
    }
    if (extracted.empty() || result.empty()) {
        return result.empty() ? extracted : result;
    }
    return result + " of " + extracted;
}

Inventory take_inventory(Input input, const DataPackage& package, const InputOptions& options,
                         const EarlierRuns& earlier) {
    Inventory inventory;
    inventory.issues = std::move(input.issues);
    Poco::RegularExpression pattern(package.file_name.pattern,
                                    Poco::RegularExpression::RE_CASELESS);
    using Key = std::tuple<std::string, std::uint64_t, std::uint64_t,
                           std::string>;  // timestamp, from, to, feed
    std::map<Key, Batch> batches;
    std::set<std::string> reported;
    std::map<Key, std::string> unreadable;
    std::vector<NameParts> names;  // of the files
    for (InputFile& input_file : input.files) {
        const auto parts = parse_name(pattern, package.file_name, input_file.name);
        const int table = parts ? package.find(parts->table) : -1;
        if (table < 0) {
            inventory.unrecognised.push_back(input_file.display);
            continue;
        }
        // Where names say no time, what lies in one folder belongs together.
        const Key key{package.manifest ? folder_of(input_file) : parts->timestamp, parts->from,
                      parts->to, parts->feed};
        Batch& batch = batches[key];
        batch.feed = parts->feed;
        batch.timestamp = parts->timestamp;
        batch.extracted = moment(parts->timestamp, package.file_name.timestamp_format);
        batch.sequence_from = parts->from;
        batch.sequence_to = parts->to;
        TableFile file;
        file.file = std::move(input_file);
        const auto bulk = parts->groups.find("bulk");
        file.bulk = bulk != parts->groups.end() && !bulk->second.empty();
        file.table = table;
        const Table& definition = package.tables[static_cast<std::size_t>(table)];
        auto header = read_header(file.file, options, package.dialect, widths(package, definition));
        const std::size_t before = inventory.issues.size();
        if (header) {
            file.header = std::move(header).value();
            if (package.dialect.header) {
                match_header(file, package, reported, inventory);
            } else {
                match_width(file, package);
            }
            names.push_back(*parts);
        } else {
            names.emplace_back();
            inventory.issues.push_back(std::move(header).issue());
        }
        for (std::size_t i = before; i < inventory.issues.size(); ++i) {
            if (inventory.issues[i].severity == Severity::error) {
                unreadable[key] = file.file.display;
            }
        }
        batch.files.push_back(inventory.files.size());
        inventory.files.push_back(std::move(file));
    }
    for (auto& [key, batch] : batches) {
        if (const auto found = unreadable.find(key); found != unreadable.end()) {
            batch.held = found->second + " cannot be used";
        }
        if (!package.dialect.header) {
            place_columns(batch.files, package, inventory);
        }
        inventory.batches.push_back(std::move(batch));
    }
    if (package.manifest) {
        apply_manifests(package, options, earlier, inventory);
    }
    for (std::size_t i = 0; i < inventory.batches.size(); ++i) {
        for (const std::size_t index : inventory.batches[i].files) {
            TableFile& file = inventory.files[index];
            file.batch = static_cast<std::uint32_t>(i);
            if (!file.columns.empty()) {
                place_name(file, package.tables[static_cast<std::size_t>(file.table)],
                           names[index]);
            }
        }
    }
    hold_incomplete(package, inventory, earlier);
    return inventory;
}

}  // namespace linkway::sources
