#include "emis_layout.h"

#include <algorithm>

namespace linkway::sample {

namespace {

/// Spellings that files were seen with and that are no aliases, since case does not count when
/// names are looked up.
struct Spelling {
    std::string_view name;
    std::string_view seen;
    std::string_view first;  // layout from which on
    std::string_view last;   // and until which
};
constexpr Spelling spellings[] = {{"PersonGuid", "PersonGUID", "5.0", "5.1"},
                                  {"DateOfDeactivation", "DateofDeactivation", "8.0", "8.3"},
                                  {"ParentCodeId", "ParentCodeID", "8.0", "8.3"}};

void move_before(std::vector<std::string>& names, std::string_view name, std::string_view other) {
    const auto from = std::find(names.begin(), names.end(), name);
    if (from == names.end()) {
        return;
    }
    std::string moved = std::move(*from);
    names.erase(from);
    names.insert(std::find(names.begin(), names.end(), other), std::move(moved));
}

}  // namespace

bool is_older(const sources::DataPackage& package, std::string_view a, std::string_view b) {
    const auto& versions = package.versions;
    return std::find(versions.begin(), versions.end(), a) <
           std::find(versions.begin(), versions.end(), b);
}

bool has_table(const sources::DataPackage& package, const sources::Table& table,
               std::string_view layout) {
    return table.name != "Admin_PatientHistory" || !is_older(package, layout, "8.0");
}

std::vector<std::string> layout_columns(const sources::DataPackage& package,
                                        const sources::Table& table, std::string_view layout,
                                        bool misspelt, std::uint64_t& slips) {
    std::vector<std::string> names;
    for (const sources::Column& column : table.columns) {
        if (sources::is_in(package, column, layout)) {
            names.push_back(column.name);
        }
    }
    if (is_older(package, layout, "8.0")) {
        move_before(names, "AssociatedText",
                    table.name == "CareRecord_Observation" ? "ConsultationGuid" : "DurationTerm");
        move_before(names, "ParentCodeId", "");  // no such column: to the end
    }
    if (!misspelt) {
        return names;
    }
    for (std::string& name : names) {
        const std::string right = name;
        const auto& column = table.columns[static_cast<std::size_t>(table.find(name))];
        // The slips that needed an alias are those of the first two layouts.
        if (!column.aliases.empty() && is_older(package, layout, "5.2")) {
            name = column.aliases.front();
        }
        for (const Spelling& spelling : spellings) {
            if (right == spelling.name && !is_older(package, layout, spelling.first) &&
                !is_older(package, spelling.last, layout)) {
                name = spelling.seen;
            }
        }
        slips += name == right ? 0 : 1;
    }
    return names;
}

std::string layout_file_name(const sources::DataPackage& package, const sources::Table& table,
                             std::string_view layout, std::string_view sequence,
                             std::string_view timestamp, std::string_view feed) {
    std::string result = is_older(package, layout, "8.0") ? "" : "bulk_";
    for (const std::string_view part : {sequence, std::string_view(table.name), timestamp}) {
        result += part;
        result += '_';
    }
    result += feed;
    result += ".csv";
    return result;
}

}  // namespace linkway::sample
