#include "entries.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace linkway::record {

namespace {

using Rows = std::map<std::string, Entry, std::less<>>;

constexpr std::string_view referred_to = "what entries refer to";
constexpr std::string_view nothing_to_file = "nothing in it to file";
constexpr std::string_view stands_there = "stands in the record already";

class Maker {
  public:
    Maker(const RecordMapping& mapping, const Resources& resources, Report& report)
        : mapping_(mapping), resources_(resources), report_(report) {
        resolver_ = [this](std::string_view reference, const text::Node*) {
            return resources_.find(reference);
        };
    }

    std::vector<MadeEntry> run() {
        for (const Resources::Held& each : resources_.all()) {
            for (Entry& row : rows(mapping_.patients, each)) {
                patients_[cell(row, "key")] = std::move(row);
            }
            for (Entry& row : rows(mapping_.authors, each)) {
                authors_[cell(row, "key")] = std::move(row);
            }
        }
        for (const Resources::Held& each : resources_.all()) {
            make(each);
        }
        std::sort(made_.begin(), made_.end(), [](const MadeEntry& a, const MadeEntry& b) {
            const auto order = [](const MadeEntry& each) {
                return std::tie(cell(each.cells, "patient"), cell(each.cells, "episode"),
                                cell(each.cells, "date"), cell(each.cells, "key"));
            };
            return order(a) < order(b);
        });
        return std::move(made_);
    }

  private:
    std::vector<Entry> rows(const std::vector<mapping::View>& views, const Resources::Held& from) {
        std::vector<Entry> result;
        for (const mapping::View& view : views) {
            if (view.resource() != from.type) {
                continue;
            }
            auto failed = runner_.run(
                view, from.document.root(),
                [&](std::span<const fhirpath::Collection> cells) {
                    Entry& entry = result.emplace_back();
                    for (std::size_t i = 0; i < cells.size(); ++i) {
                        const mapping::ViewColumn& column = view.columns()[i];
                        if (!cells[i].empty()) {
                            mapping::append_text_cell(entry[column.name], column, cells[i]);
                        }
                    }
                },
                &resolver_);
            if (failed) {
                reject(from, "the view " + failed->location.file + " fails: " + failed->message);
                return {};
            }
        }
        return result;
    }

    void make(const Resources::Held& from) {
        Account& account = report_.types[from.type];
        ++account.resources;
        const bool has_view =
            std::any_of(mapping_.entries.begin(), mapping_.entries.end(),
                        [&](const mapping::View& view) { return view.resource() == from.type; });
        if (!has_view) {
            ++account.not_for_the_record[std::string(referred_to)];
            return;
        }
        const std::size_t rejected = report_.issues.size();
        auto made = rows(mapping_.entries, from);
        if (report_.issues.size() != rejected) {
            return;
        }
        if (made.empty()) {
            ++account.not_for_the_record[std::string(nothing_to_file)];
            return;
        }
        const std::string& own = mapping_.target.own_entries;
        std::string systems = " " + cell(made.front(), "in_record") + " ";
        if (!own.empty() && systems.find(" " + own + " ") != std::string::npos) {
            ++account.not_for_the_record[std::string(stands_there)];
            return;
        }
        for (Entry& entry : made) {
            join(entry, "patient", patients_);
            join(entry, "author", authors_);
        }
        if (const std::string lack = lacks(made); !lack.empty()) {
            return reject(from, lack);
        }
        ++account.with_entries;
        report_.entries += made.size();
        for (Entry& entry : made) {
            made_.push_back({std::move(entry), &from});
        }
    }

    static void join(Entry& entry, const std::string& name, const Rows& others) {
        const auto other = others.find(cell(entry, name));
        if (other != others.end()) {
            for (const auto& [column, value] : other->second) {
                entry[name + "." + column] = value;
            }
        }
    }

    /// Why the entries cannot be filed; empty when they can.
    std::string lacks(const std::vector<Entry>& entries) const {
        for (const Entry& entry : entries) {
            if (cell(entry, "patient").empty() || patients_.count(cell(entry, "patient")) == 0) {
                return "its patient is not among the resources";
            }
            if (mapping_.target.is_document() && cell(entry, "episode").empty()) {
                return "it says of no referral that it belongs to it";
            }
            for (const Column& column : mapping_.target.columns) {
                if (column.required && cell(entry, column.from).empty()) {
                    return "it has no " + column.name + ", which every entry must have";
                }
            }
        }
        return {};
    }

    void reject(const Resources::Held& from, const std::string& reason) {
        ++report_.types[from.type].rejected[reason];
        text::Location at = from.at;
        at.field = from.type + "/" + from.id;
        report_.issues.push_back({text::Severity::error, "required", reason, std::move(at), ""});
    }

    const RecordMapping& mapping_;
    const Resources& resources_;
    Report& report_;
    fhirpath::Resolver resolver_;
    mapping::ViewRunner runner_;
    Rows patients_, authors_;
    std::vector<MadeEntry> made_;
};

}  // namespace

std::vector<MadeEntry> make_entries(const RecordMapping& mapping, const Resources& resources,
                                    Report& report) {
    return Maker(mapping, resources, report).run();
}

}  // namespace linkway::record
