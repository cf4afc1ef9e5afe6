#include "sources/replay.h"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <map>
#include <optional>

#include "state.h"

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;

/// Where the groups of the file name rule stand in a name; nothing when it is none of the system's.
using Groups = std::map<std::string, Poco::RegularExpression::Match>;

std::optional<Groups> groups_of(const std::string& name, const FileNameRule& rule) {
    const Poco::RegularExpression pattern(rule.pattern, Poco::RegularExpression::RE_CASELESS);
    Poco::RegularExpression::MatchVec found;
    if (pattern.match(name, 0, found) == 0) {
        return {};
    }
    Groups groups;
    for (std::size_t i = 0; i < rule.groups.size(); ++i) {
        // The last groups are left out of what is found when they match nothing.
        Poco::RegularExpression::Match nowhere;
        nowhere.offset = std::string::npos;
        nowhere.length = 0;
        groups[rule.groups[i]] = i + 1 < found.size() ? found[i + 1] : nowhere;
    }
    return groups;
}

std::string text_of(const std::string& name, const Groups& groups, const std::string& group) {
    const auto found = groups.find(group);
    return found == groups.end() || found->second.offset == std::string::npos
               ? std::string()
               : name.substr(found->second.offset, found->second.length);
}

/// The last batch of a feed that was applied.
struct Last {
    std::string timestamp, from, to;
};
std::optional<Last> last_of(State& state, const std::string& feed) {
    sqlite::Statement find(state.database(),
                           "SELECT timestamp, sequence_from, sequence_to FROM file WHERE feed = ?"
                           " ORDER BY timestamp DESC, sequence_to DESC LIMIT 1");
    if (!find.with(std::string_view(feed)).next()) {
        return {};
    }
    return Last{std::string(find.text(0)), std::to_string(find.integer(1)),
                std::to_string(find.integer(2))};
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

/// The file's name with the last batch's time and numbers, and nothing that says bulk.
std::string renamed(std::string name, const Groups& groups, const std::optional<Last>& last,
                    const FileNameRule& rule) {
    std::map<std::string, std::string> with;
    if (!text_of(name, groups, "bulk").empty()) {
        with["bulk"] = rule.delta;
    }
    if (last) {
        with["timestamp"] = last->timestamp;
        with["sequenceFrom"] = last->from;
        with["sequenceTo"] = last->to;
    }
    std::vector<std::pair<Poco::RegularExpression::Match, std::string>> changes;
    for (const auto& [group, value] : with) {
        const auto found = groups.find(group);
        if (found != groups.end() && found->second.offset != std::string::npos &&
            found->second.length != 0 && !value.empty()) {
            changes.emplace_back(found->second, value);
        }
    }
    // From the end, so that what is to change stays where it was found.
    std::sort(changes.begin(), changes.end(),
              [](const auto& a, const auto& b) { return a.first.offset > b.first.offset; });
    for (const auto& [place, value] : changes) {
        name.replace(place.offset, place.length, value);
    }
    return name;
}

/// A manifest that covers no time: each table from where it ended to there, and the batch itself up
/// to the last one.
ReplayFile manifest_of(const DataPackage& package, State& state, const std::string& feed,
                       const std::string& time, const std::vector<std::string>& tables) {
    const Manifest& manifest = *package.manifest;
    const Table& table = package.tables[static_cast<std::size_t>(manifest.table)];
    const auto column = [&](int index) {
        return table.columns[static_cast<std::size_t>(index)].name;
    };
    const EarlierRuns earlier = state.ledger().runs();
    std::string content = column(manifest.name) + "," + column(manifest.delta) + "," +
                          column(manifest.from) + "," + column(manifest.to) + "\r\n";
    content += table.name + ",Y," + time + "," + time + "\r\n";
    for (const std::string& name : tables) {
        std::string end = earlier.covered_to(feed, name);
        end = end.empty() ? time : end;
        content += name + ",Y," + end + "," + end + "\r\n";
    }
    return {table.name + ".csv", content};
}

}  // namespace

Result<std::vector<ReplayFile>> replay_batch(const SystemMapping& mapping, const std::string& state,
                                             std::vector<ReplayFile> files) {
    const DataPackage& package = mapping.package();
    auto opened = State::open_existing(state, mapping);
    if (!opened) {
        return std::move(opened).issue();
    }
    std::string feed;
    std::vector<std::string> tables;
    for (ReplayFile& file : files) {
        const auto groups = groups_of(file.name, package.file_name);
        const int table = groups ? package.find(text_of(file.name, *groups, "table")) : -1;
        if (table < 0) {
            return Issue{Severity::error,
                         "not-found",
                         "the file's name is none of " + package.title,
                         {file.name, 0, 0, {}},
                         "give the row to the system it came from"};
        }
        feed = upper(text_of(file.name, *groups, "feed"));
        tables.push_back(package.tables[static_cast<std::size_t>(table)].name);
        file.name = renamed(file.name, *groups, last_of(**opened, feed), package.file_name);
        const auto after = groups_of(file.name, package.file_name);
        if (!after || !text_of(file.name, *after, "bulk").empty()) {
            return Issue{Severity::error,
                         "not-supported",
                         "a row of a bulk extract cannot be said again: " + package.title +
                             " has no name for a delta",
                         {file.name, 0, 0, {}},
                         "say in datapackage.json what stands in place of \"bulk\": "
                         "linkway.fileName.delta"};
        }
    }
    if (const auto last = last_of(**opened, feed); package.manifest && last) {
        files.push_back(manifest_of(package, **opened, feed, last->timestamp, tables));
    }
    return files;
}

}  // namespace linkway::sources
