#include "entries.h"

#include <algorithm>
#include <tuple>

#include "fhir/identity.h"
#include "terminology/terminology.h"
#include "text/temporal.h"

namespace linkway::record {

namespace {

using Rows = std::map<const Resources::Held*, Entry>;

constexpr std::string_view no_view = "no entries are made of its type";
constexpr std::string_view nothing_to_file = "nothing in it to file";
constexpr std::string_view stands_there = "stands in the record already";

class Maker {
  public:
    Maker(const RecordMapping& mapping, const Resources& resources, Report& report)
        : mapping_(mapping), resources_(resources), report_(report) {
        resolver_ = [this](std::string_view reference, const text::Node*) {
            const Resources::Held* found = resources_.find(reference);
            return found == nullptr ? nullptr : &found->document.root();
        };
    }

    Entries run() {
        if (text::has_errors(resources_.issues())) {
            withheld_.emplace_back();
        }
        for (const Resources::Held& each : resources_.all()) {
            for (Entry& row : rows(mapping_.patients, each)) {
                patients_[&each] = std::move(row);
            }
            for (Entry& row : rows(mapping_.authors, each)) {
                authors_[&each] = std::move(row);
            }
        }
        for (const Resources::Held& each : resources_.all()) {
            make(each);
        }
        sort();
        return {std::move(made_), std::move(withheld_)};
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
        if (from.use == Use::context) {
            return;
        }
        Account& account = report_.types[from.type];
        ++account.resources;
        const bool has_view =
            std::any_of(mapping_.entries.begin(), mapping_.entries.end(),
                        [&](const mapping::View& view) { return view.resource() == from.type; });
        if (!has_view) {
            ++account.not_for_the_record[std::string(no_view)];
            return;
        }
        const std::size_t rejected = report_.issues.size();
        auto made = rows(mapping_.entries, from);
        if (report_.issues.size() != rejected) {
            withheld_.emplace_back();
            return;
        }
        if (made.empty()) {
            ++account.not_for_the_record[std::string(nothing_to_file)];
            return;
        }
        const std::string& own = mapping_.target.own_entries;
        std::string systems = " " + cell(made.front(), "in_record") + " ";
        if (from.use == Use::entry && !own.empty() &&
            systems.find(" " + own + " ") != std::string::npos) {
            ++account.not_for_the_record[std::string(stands_there)];
            return;
        }
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i]["key"] =
                from.type + "/" + from.id + (i == 0 ? "" : "#" + std::to_string(i + 1));
            join(made[i], "patient", patients_);
            join(made[i], "author", authors_);
        }
        for (const Entry& entry : made) {
            if (const std::string lack = lacks(entry); !lack.empty()) {
                withhold(made);
                return reject(from, lack);
            }
        }
        ++account.with_entries;
        report_.entries += made.size();
        for (Entry& entry : made) {
            complete(entry, from);
            made_.push_back({std::move(entry), &from});
        }
    }

    /// Puts the entries in order of patient, episode, moment and key. Moments are compared on UK
    /// clocks: what was written in another zone is not earlier or later for it.
    void sort() {
        using Order = std::tuple<std::string_view, std::string_view, std::string, std::string_view>;
        std::vector<std::pair<Order, MadeEntry>> sorted;
        sorted.reserve(made_.size());
        for (MadeEntry& each : made_) {
            const auto moment = text::parse_uk_moment(cell(each.cells, "date"));
            std::string at;
            text::append_as(at, moment->date, moment->time.value_or(text::TimeOfDay{}),
                            "yyyyMMddHHmmss");
            // A map's strings stay where they are when it is moved.
            sorted.emplace_back(Order(cell(each.cells, "patient"), cell(each.cells, "episode"), at,
                                      cell(each.cells, "key")),
                                std::move(each));
        }
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            made_[i] = std::move(sorted[i].second);
        }
    }

    void withhold(const std::vector<Entry>& entries) {
        for (const Entry& each : entries) {
            if (cell(each, "action") != "remove") {
                withheld_.push_back(
                    {cell(each, "kind"), cell(each, "patient"), cell(each, "episode")});
            }
        }
    }

    /// Puts the columns of what the entry refers to beside its own, and that one's name for the
    /// reference, which may have been written in several ways.
    void join(Entry& entry, const std::string& name, const Rows& others) const {
        const Resources::Held* held = resources_.find(cell(entry, name));
        const auto other = others.find(held);
        if (held != nullptr && other != others.end()) {
            entry[name] = held->type + "/" + held->id;
            for (const auto& [column, value] : other->second) {
                entry[name + "." + column] = value;
            }
        }
    }

    /// Why the entry cannot be filed; empty when it can.
    std::string lacks(const Entry& entry) const {
        const auto missing = [](const std::string& name) {
            return "it has no " + name + ", which every entry must have";
        };
        if (patients_.count(resources_.find(cell(entry, "patient"))) == 0) {
            return "its patient is not among the resources";
        }
        // Found under a wrong number, a person is somebody else.
        const std::string& number = cell(entry, "patient.nhs_number");
        if (!number.empty() && !fhir::is_valid_nhs_number(number)) {
            return "the check digit of its patient's NHS number is wrong";
        }
        if (mapping_.target.is_document() && cell(entry, "episode").empty()) {
            return "it says of no referral that it belongs to it";
        }
        for (const char* name : {"kind", "action", "date", "term"}) {
            if (cell(entry, name).empty()) {
                return missing(name);
            }
        }
        if (!text::parse_uk_moment(cell(entry, "date"))) {
            return "its date is none that FHIR knows: YYYY, YYYY-MM, YYYY-MM-DD or with a time";
        }
        for (const Column& column : mapping_.target.columns) {
            if (column.required && column.from != "date_precision" &&
                cell(entry, column.from).empty()) {
                return missing(column.name);
            }
        }
        return {};
    }

    /// What the entry says beyond its views, and what whoever files it should know.
    void complete(Entry& entry, const Resources::Held& from) {
        const text::Precision known = text::parse_uk_moment(cell(entry, "date"))->date.precision;
        entry["date_precision"] = known == text::Precision::year    ? "year"
                                  : known == text::Precision::month ? "month"
                                                                    : "day";
        if (!cell(entry, "code").empty() &&
            !terminology::is_valid_concept_id(cell(entry, "code"))) {
            entry.erase("code");
            warn(from, "its SNOMED CT code is no concept's id; only its words go out");
        }
        for (const Column& column : mapping_.target.columns) {
            if (column.expected && cell(entry, column.from).empty()) {
                warn(from, "it has no " + column.name);
            }
        }
    }

    void reject(const Resources::Held& from, const std::string& reason) {
        ++report_.types[from.type].rejected[reason];
        report(from, text::Severity::error, reason);
    }

    void warn(const Resources::Held& from, const std::string& reason) {
        ++report_.types[from.type].warnings[reason];
        report(from, text::Severity::warning, reason);
    }

    void report(const Resources::Held& from, text::Severity severity, const std::string& reason) {
        text::Location at = from.at;
        at.field = from.type + "/" + from.id;
        report_.issues.push_back({severity, "required", reason, std::move(at), ""});
    }

    const RecordMapping& mapping_;
    const Resources& resources_;
    Report& report_;
    fhirpath::Resolver resolver_;
    mapping::ViewRunner runner_;
    Rows patients_, authors_;
    std::vector<MadeEntry> made_;
    std::vector<Withheld> withheld_;
};

}  // namespace

Entries make_entries(const RecordMapping& mapping, const Resources& resources, Report& report) {
    return Maker(mapping, resources, report).run();
}

std::vector<Entry> make(const RecordMapping& mapping, const Resources& resources, Report& report) {
    report.target = mapping.target.name;
    report.issues = resources.issues();
    std::vector<Entry> made;
    for (MadeEntry& each : make_entries(mapping, resources, report).made) {
        made.push_back(std::move(each.cells));
    }
    return made;
}

}  // namespace linkway::record
