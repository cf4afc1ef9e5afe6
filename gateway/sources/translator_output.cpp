#include <algorithm>
#include <set>
#include <tuple>

#include "fhir/operation_outcome.h"
#include "state.h"
#include "worker.h"

namespace linkway::sources {

namespace {

using text::Severity;
using text::Status;

const char* const quarantine = "quarantine/";

std::string file_of(const std::string& type, bool quarantined) {
    return (quarantined ? quarantine : "") + type + ".ndjson";
}

/// One OperationOutcome a line, with the row's place and key and nothing of its content.
std::string outcome_line(const RowIssue& row) {
    text::Issue issue = row.issue;
    issue.message = row.table + " row " + std::to_string(row.row) +
                    (row.key.empty() ? "" : " key " + row.key) + ": " + issue.message;
    std::string line;
    fhir::append_operation_outcome(line, {&issue, 1});
    line += '\n';
    return line;
}

constexpr const char* new_bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
constexpr const char* end_of_bundle = "]}\n";

void append_entry(std::string& bundle, const std::string& type, std::string_view id,
                  std::string_view json) {
    bundle += bundle.back() == '[' ? "" : ",";
    bundle += R"({"fullUrl":"https://linkway.uk/fhir/)" + type + '/' + std::string(id) +
              R"(","resource":)";
    bundle += json;
    bundle += R"(,"request":{"method":"PUT","url":")" + type + '/' + std::string(id) + "\"}}";
}

/// Every resource begins with its type and id, in that order.
std::string_view id_of(std::string_view json) {
    const std::size_t id = json.find("\"id\":\"");
    return id == std::string_view::npos ? std::string_view{} : json.substr(id + 6, 36);
}

void sort_and_unify(std::vector<RowIssue>& issues) {
    const auto place = [](const RowIssue& each) {
        return std::tie(each.issue.location.file, each.row, each.issue.location.field,
                        each.issue.message);
    };
    std::sort(issues.begin(), issues.end(),
              [&](const RowIssue& a, const RowIssue& b) { return place(a) < place(b); });
    issues.erase(
        std::unique(issues.begin(), issues.end(),
                    [&](const RowIssue& a, const RowIssue& b) { return place(a) == place(b); }),
        issues.end());
}

}  // namespace

Status Translator::write(const Chunk& chunk, Reconciliation& reconciliation) {
    for (const Piece& piece : chunk.pieces) {
        const std::string& type = mapping_.templates()[piece.templ].source.resource_type;
        const std::string_view json =
            std::string_view(chunk.text).substr(piece.begin, piece.end - piece.begin);
        if (!is_new(piece.templ, *piece.row, piece.quarantined, json.substr(0, json.size() - 1))) {
            continue;
        }
        if (Status failed = output_(file_of(type, piece.quarantined), json, false)) {
            return failed;
        }
        ++(piece.quarantined ? reconciliation.quarantined : reconciliation.resources)[type];
    }
    for (const GroupDemand& each : chunk.demands) {
        want(each.demand, each.quarantined);
    }
    return {};
}

/// Whether a resource differs from what earlier runs put out; without a staging store each does.
bool Translator::is_new(std::uint32_t templ, const Row& row, bool quarantined,
                        std::string_view json) {
    const MappedTemplate& each = mapping_.templates()[templ];
    return staging_.state() == nullptr ||
           staging_.state()->put_out().is_new(row.stored, {each.source.resource_type, quarantined},
                                              json, each.on_event);
}

/// Puts out as entered in error what was put out of entries that were deleted since, or no longer
/// say what made them events.
Status Translator::take_back(Reconciliation& reconciliation) {
    if (staging_.state() == nullptr) {
        return {};
    }
    Status failed;
    for (const Row& row : staging_.set(mapping_.events().table)->rows()) {
        // One that is held or rejected was not said to be wrong.
        if (row.fate != Fate::deleted && row.fate != Fate::not_relevant &&
            row.fate != Fate::translated) {
            continue;
        }
        staging_.state()->put_out().take_back(
            row.stored, [&](const Place& place, const std::string& json) {
                const std::string type(place.type);
                if (!failed && options_.format == OutputFormat::ndjson) {
                    failed = output_(file_of(type, place.quarantined), json + '\n', false);
                } else if (!failed) {
                    std::string bundle = new_bundle;
                    append_entry(bundle, type, id_of(json), json);
                    failed = output_((place.quarantined ? quarantine : "") +
                                         std::string("bundles/entered-in-error.ndjson"),
                                     bundle + end_of_bundle, false);
                }
                ++(place.quarantined ? reconciliation.quarantined : reconciliation.resources)[type];
            });
    }
    return failed;
}

/// Marks what a reference asks for, and what that refers to in turn.
void Translator::want(const Demand& demand, bool quarantined) {
    const std::uint8_t bit = quarantined ? 2 : 1;
    Pulled* each = pulled(demand);
    if (each == nullptr || (each->wanted & bit) != 0) {
        return;
    }
    each->wanted = static_cast<std::uint8_t>(each->wanted | bit);
    for (const Demand& next : each->demands) {
        want(next, quarantined);
    }
}

Status Translator::write_pulled(Reconciliation& reconciliation) {
    for (std::size_t t = 0; t < pulled_.size(); ++t) {
        if (pulled_[t].empty()) {
            continue;
        }
        const std::string& type = mapping_.templates()[t].source.resource_type;
        std::vector<const Row*> rows(staging_.set(mapping_.templates()[t].table)->living().begin(),
                                     staging_.set(mapping_.templates()[t].table)->living().end());
        std::sort(rows.begin(), rows.end(),
                  [](const Row* a, const Row* b) { return a->id < b->id; });
        for (const Row* row : rows) {
            const Pulled& each = pulled_[t][row->index()];
            for (const bool quarantined : {false, true}) {
                const bool ndjson = options_.format == OutputFormat::ndjson;
                const std::uint8_t asked = ndjson ? each.wanted : each.bundled;
                if ((asked & (quarantined ? 2 : 1)) == 0 ||
                    (ndjson &&
                     !is_new(static_cast<std::uint32_t>(t), *row, quarantined, each.json))) {
                    continue;
                }
                if (ndjson) {
                    if (Status failed =
                            output_(file_of(type, quarantined), each.json + '\n', false)) {
                        return failed;
                    }
                }
                ++(quarantined ? reconciliation.quarantined : reconciliation.resources)[type];
            }
        }
    }
    return {};
}

/// What the demands ask for, directly and in turn, each once, those referred to first.
std::vector<Demand> Translator::closure(std::vector<Demand> demands) {
    std::vector<Demand> result;
    std::set<std::tuple<std::string, std::string_view>> seen;
    for (std::size_t i = 0; i < demands.size(); ++i) {
        const Demand demand = demands[i];
        const Pulled* each = pulled(demand);
        const std::string& type = mapping_.templates()[demand.templ].source.resource_type;
        if (each == nullptr || !seen.emplace(type, demand.row->id).second) {
            continue;
        }
        result.push_back(demand);
        demands.insert(demands.end(), each->demands.begin(), each->demands.end());
    }
    std::sort(result.begin(), result.end(), [&](const Demand& a, const Demand& b) {
        return std::tuple(a.templ, a.row->id) < std::tuple(b.templ, b.row->id);
    });
    return result;
}

/// One transaction Bundle for each patient of the chunk; every entry is a PUT, so that sending it
/// twice changes nothing.
Status Translator::write_bundles(const Chunk& chunk, Reconciliation& reconciliation) {
    for (const GroupDemand& each : chunk.demands) {
        want(each.demand, each.quarantined);
    }
    for (std::size_t first = 0; first < chunk.pieces.size();) {
        const Piece& start = chunk.pieces[first];
        const bool quarantined = start.quarantined;
        const Row& patient = *living_[groups_[start.group].first]->subject;
        std::vector<Demand> demands;
        for (const GroupDemand& each : chunk.demands) {
            if (each.group == start.group && each.quarantined == quarantined) {
                demands.push_back(each.demand);
            }
        }
        std::string bundle = new_bundle;
        bool news = false;  // a bundle goes out whole, or not at all when all of it went out before
        demands = closure(std::move(demands));
        for (const Demand& demand : demands) {
            const std::string& json = pulled(demand)->json;
            news = is_new(demand.templ, *demand.row, quarantined, json) || news;
            append_entry(bundle, mapping_.templates()[demand.templ].source.resource_type,
                         demand.row->id, json);
        }
        std::size_t last = first;
        for (; last < chunk.pieces.size() && chunk.pieces[last].group == start.group; ++last) {
            const Piece& piece = chunk.pieces[last];
            const std::string& type = mapping_.templates()[piece.templ].source.resource_type;
            const std::string_view json =
                std::string_view(chunk.text).substr(piece.begin, piece.end - piece.begin - 1);
            news = is_new(piece.templ, *piece.row, quarantined, json) || news;
            append_entry(bundle, type, id_of(json), json);
        }
        const std::size_t from = first;
        first = last;
        if (!news) {
            continue;
        }
        for (const Demand& demand : demands) {
            pulled(demand)->bundled |= quarantined ? 2 : 1;
        }
        for (std::size_t i = from; i < last; ++i) {
            ++(quarantined ? reconciliation.quarantined
                           : reconciliation.resources)[mapping_.templates()[chunk.pieces[i].templ]
                                                           .source.resource_type];
        }
        bundle += end_of_bundle;
        const std::string name = (quarantined ? quarantine : "") + std::string("bundles/") +
                                 std::string(patient.id) + ".json";
        if (Status failed = output_(name, bundle, true)) {
            return failed;
        }
    }
    return {};
}

/// Rows that something translated refers to are translated too, also those without a template of
/// their own (codes, the other half of a referral).
void Translator::mark_used() {
    std::vector<const Row*> work;
    for (const EventRecord* event : living_) {
        if (event->row->fate == Fate::translated) {
            work.push_back(event->row);
        }
    }
    std::set<int> with_template;
    for (std::size_t t = 0; t < pulled_.size(); ++t) {
        if (mapping_.templates()[t].on_event) {
            continue;
        }
        with_template.insert(mapping_.templates()[t].table);
        if (pulled_[t].empty()) {
            continue;
        }
        for (Row* row : staging_.set(mapping_.templates()[t].table)->living()) {
            if (pulled_[t][row->index()].wanted != 0 && row->fate == Fate::pending) {
                row->fate = Fate::translated;
                work.push_back(row);
            }
        }
    }
    while (!work.empty()) {
        const Row& row = *work.back();
        work.pop_back();
        for (const int navigation :
             mapping_.navigations()[static_cast<std::size_t>(row.set().table())]) {
            for (const Row* linked : row.set().follow(row, static_cast<std::size_t>(navigation))) {
                Row* other = const_cast<Row*>(linked);
                if (other->fate == Fate::pending &&
                    with_template.count(other->set().table()) == 0) {
                    other->fate = Fate::translated;
                    work.push_back(other);
                }
            }
        }
    }
}

/// Books every kept row under what became of it, and warns of cells that were left out of what was
/// translated.
void Translator::tally(Reconciliation& reconciliation) {
    auto& accounts = staging_.accounts();
    const bool is_windows_1252 = mapping_.package().dialect.windows_1252;
    for (std::size_t t = 0; t < mapping_.package().tables.size(); ++t) {
        RowSet* set = staging_.set(static_cast<int>(t));
        if (set == nullptr) {
            continue;
        }
        const auto& columns = set->definition().columns;
        for (const Row& row : set->rows()) {
            if (!staging_.is_of_this_run(row)) {
                continue;  // booked by the run that read it
            }
            FileAccount& account = accounts[row.file];
            switch (row.fate) {
                case Fate::translated:
                    ++account.translated;
                    break;
                case Fate::superseded:
                    ++account.superseded;
                    break;
                case Fate::deleted:
                    ++account.deleted;
                    break;
                case Fate::held:
                    ++account.held[std::string(row.reason)];
                    break;
                case Fate::rejected:
                    if (!row.reason.empty()) {  // those rejected while staging are booked already
                        ++account.rejected[std::string(row.reason)];
                    }
                    break;
                case Fate::not_relevant:
                    ++account.not_relevant[std::string(row.reason)];
                    break;
                case Fate::pending:
                    ++account.not_relevant["no social prescribing event refers to it"];
                    break;
            }
            if (row.fate == Fate::held) {
                staging_.issues().push_back(row_issue(row, Severity::error, "incomplete", -1,
                                                      "held: " + std::string(row.reason)));
            }
            if (row.fate == Fate::translated && row.repaired_encoding) {
                warnings_.push_back(row_issue(row, Severity::warning, "value", -1,
                                              is_windows_1252
                                                  ? "a byte means nothing in Windows-1252; U+FFFD "
                                                    "stands in its place"
                                                  : "a cell was no UTF-8; it was read as "
                                                    "Windows-1252"));
            }
            for (std::size_t c = 0;
                 row.broken != 0 && row.fate == Fate::translated && c < columns.size(); ++c) {
                if (row.is_broken(static_cast<int>(c)) && read_columns_[t][c]) {
                    warnings_.push_back(row_issue(
                        row, Severity::warning, "value", static_cast<int>(c),
                        "the cell does not hold what its column should; it was left out"));
                }
            }
        }
    }
    for (FileAccount& account : accounts) {
        std::erase_if(account.not_relevant, [](const auto& each) { return each.second == 0; });
    }
    sort_and_unify(warnings_);
    reconciliation.warnings = warnings_.size();
    reconciliation.files = accounts;
}

Status Translator::write_issues(Reconciliation&) {
    sort_and_unify(staging_.issues());
    const auto write_all = [&](const char* name, const std::vector<RowIssue>& issues) -> Status {
        // Present even when empty, so that a pipeline need not ask whether there was one.
        Status failed = output_(name, "", false);
        for (std::size_t i = 0; i < issues.size() && !failed; ++i) {
            failed = output_(name, outcome_line(issues[i]), false);
        }
        return failed;
    };
    if (Status failed = write_all("rejected.ndjson", staging_.issues())) {
        return failed;
    }
    return write_all("warnings.ndjson", warnings_);
}

}  // namespace linkway::sources
