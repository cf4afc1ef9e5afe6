#include "sources/inspection.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>

#include "fhir/identifier.h"
#include "parallel.h"
#include "staged_input.h"
#include "text/node.h"
#include "text/utf8.h"
#include "translator.h"

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;
using text::Result;
using text::Status;

/// Which bytes beyond ASCII a file holds.
class Encoding {
  public:
    void add(std::string_view bytes) {
        rest_.append(bytes);
        const std::size_t good = text::utf8_prefix(rest_);
        ascii_ = ascii_ && std::all_of(rest_.begin(), rest_.end(), [](char c) { return c >= 0; });
        // A sequence cut at the end of a block may be whole with the next.
        if (rest_.size() - good > longest_cut) {
            utf8_ = false;
        }
        rest_.erase(0, utf8_ ? good : rest_.size());
    }
    std::string name() const {
        return ascii_ ? "ASCII" : utf8_ && rest_.empty() ? "UTF-8" : "Windows-1252";
    }

  private:
    static constexpr std::size_t longest_cut = 3;
    std::string rest_;
    bool ascii_ = true;
    bool utf8_ = true;
};

/// Empty when the file can't be read to its end: that is told elsewhere.
std::string encoding_of(const InputFile& file, const InputOptions& options) {
    auto stream = open_stream(file, options);
    std::string buffer(std::size_t{1} << 20, '\0');
    Encoding encoding;
    while (stream) {
        const auto size = (*stream)->read(buffer);
        if (!size) {
            return {};
        }
        if (*size == 0) {
            return encoding.name();
        }
        encoding.add(std::string_view(buffer).substr(0, *size));
    }
    return {};
}

/// The contents of the organisation column of the patients' table.
std::set<std::string> organisations(const SystemMapping& mapping, const Inventory& inventory,
                                    const TranslateOptions& options) {
    std::set<std::string> found;
    const DataPackage& package = mapping.package();
    const int subject = mapping.events().subject_table;
    const int column =
        subject < 0 ? -1 : package.tables[static_cast<std::size_t>(subject)].organisation_column;
    for (const TableFile& file : inventory.files) {
        const int position = file.table != subject || column < 0
                                 ? -1
                                 : file.columns[static_cast<std::size_t>(column)];
        if (position < 0) {
            continue;
        }
        const auto at = static_cast<std::size_t>(position);
        if (at >= file.header.columns.size()) {
            found.insert(file.from_name[at - file.header.columns.size()]);
            continue;
        }
        ScanRequest request;
        request.file = &file.file;
        request.options = &options.access;
        request.dialect = package.dialect;
        request.threads = options.threads;
        std::mutex mutex;
        // Asked once for each content.
        request.test = {{static_cast<std::uint32_t>(at)},
                        [&](std::span<const std::string_view> cells) {
                            const bool guid = package.tables[static_cast<std::size_t>(subject)]
                                                  .columns[static_cast<std::size_t>(column)]
                                                  .type == ColumnType::guid;
                            const std::scoped_lock lock(mutex);
                            found.insert(guid ? normal_guid(cells[0]) : std::string(cells[0]));
                            return false;
                        }};
        // What can't be read is told by the run.
        (void)scan_table(
            request, file.header, [](const ScannedRow&) {}, [](const BadRecord&) {});
    }
    found.erase("");
    return found;
}

/// What a run would have written, as far as it answers questions about practices.
class Resources {
  public:
    Status take(const std::string& file, std::string_view bytes) {
        if (file != "Patient.ndjson" && file != "Organization.ndjson") {
            return std::nullopt;
        }
        const auto parsed = text::parse_json(bytes, file);
        if (!parsed) {
            return parsed.issue();
        }
        const text::Node& root = parsed->root();
        const std::string id(root.string_or("id", ""));
        if (file == "Patient.ndjson") {
            if (const text::Node* practice = root.find("managingOrganization")) {
                practice_of_[id] = practice->string_or("reference", "");
            }
            return std::nullopt;
        }
        PracticeInspection& made = organisations_["Organization/" + id];
        made.name = root.string_or("name", "");
        made.ods_code = fhir::identifier_of(root, fhir::ods_system);
        return std::nullopt;
    }

    /// Name and ODS code of a patient's practice, where known.
    PracticeInspection practice_of(std::string_view patient) const {
        const auto reference = practice_of_.find(std::string(patient));
        const auto known = reference == practice_of_.end() ? organisations_.end()
                                                           : organisations_.find(reference->second);
        return known == organisations_.end() ? PracticeInspection{} : known->second;
    }

  private:
    std::map<std::string, std::string> practice_of_;
    std::map<std::string, PracticeInspection> organisations_;
};

void count_events(const Translator& translator, const Resources& resources,
                  const std::set<std::string>& keys, Inspection& inspection) {
    std::map<std::string, PracticeInspection> practices;
    for (const std::string& key : keys) {
        practices[key].key = key;
    }
    std::set<const Row*> patients;
    for (const EventRecord* event : translator.events()) {
        patients.insert(event->subject);
        EventInspection& kind =
            inspection.events[std::string(referrals::to_code(event->event.kind))];
        ++kind.count;
        const std::string date(event->event.date);
        if (!date.empty()) {
            kind.first = kind.first.empty() ? date : std::min(kind.first, date);
            kind.last = std::max(kind.last, date);
        }
        if (event->event.kind == referrals::EntryKind::referred) {
            const std::string key(event->row->organisation());
            PracticeInspection& practice = practices[key];
            const std::uint64_t referrals = practice.referrals + 1;
            if (practice.ods_code.empty()) {
                practice = resources.practice_of(event->subject->id);
                practice.key = key;
            }
            practice.referrals = referrals;
        }
    }
    inspection.patients = patients.size();
    for (auto& [key, practice] : practices) {
        inspection.practices.push_back(std::move(practice));
    }
}

void count_defects(Staging& staging, const Translator& translator, Inspection& inspection) {
    const auto count = [&](const std::vector<RowIssue>& issues) {
        for (const RowIssue& each : issues) {
            const std::string& column = each.issue.location.field;
            ++inspection.defects[each.table + (column.empty() ? "" : "." + column) + ": " +
                                 each.issue.message];
        }
    };
    count(staging.issues());
    count(translator.warnings());
}

void describe_tables(const SystemMapping& mapping, const Inventory& inventory,
                     const TranslateOptions& options, Inspection& inspection) {
    std::vector<std::string> encodings(inventory.files.size());
    in_order(
        inventory.files.size(), options.threads,
        [&](std::size_t i) { return encoding_of(inventory.files[i].file, options.access); },
        [&](std::size_t i, std::string name) { encodings[i] = std::move(name); });
    const auto& tables = mapping.package().tables;
    std::vector<TableInspection> missing;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        TableInspection table;
        table.name = tables[t].name;
        table.required = tables[t].required;
        table.used = mapping.is_needed(static_cast<int>(t));
        std::set<std::string> kinds;
        for (std::size_t f = 0; f < inventory.files.size(); ++f) {
            const TableFile& file = inventory.files[f];
            if (file.table != static_cast<int>(t)) {
                continue;
            }
            ++table.files;
            table.rows += f < inspection.reconciliation.files.size()
                              ? inspection.reconciliation.files[f].rows
                              : 0;
            table.byte_order_mark = table.byte_order_mark || file.header.byte_order_mark;
            inspection.bytes += file.file.size;
            kinds.insert(encodings[f]);
        }
        kinds.erase("");
        for (const std::string& kind : kinds) {
            table.encoding += (table.encoding.empty() ? "" : ", ") + kind;
        }
        (table.files == 0 ? missing : inspection.tables).push_back(std::move(table));
    }
    inspection.tables.insert(inspection.tables.end(), missing.begin(), missing.end());
}

}  // namespace

std::string recognise(const std::string& input, const std::string& mappings,
                      const InputOptions& options) {
    std::vector<std::string> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(mappings, error)) {
        if (fs::is_regular_file(entry.path() / "datapackage.json", error)) {
            folders.push_back(entry.path().string());
        }
    }
    std::sort(folders.begin(), folders.end());
    std::string best;
    std::size_t most = 0;
    for (const std::string& folder : folders) {
        text::Issues ignored;
        const DataPackage package = read_data_package(folder, ignored);
        auto files = open_input(input);
        if (!files || text::has_errors(ignored)) {
            continue;
        }
        const Inventory inventory = take_inventory(std::move(files).value(), package, options);
        const auto fitting = static_cast<std::size_t>(
            std::count_if(inventory.files.begin(), inventory.files.end(),
                          [](const TableFile& file) { return !file.layouts.empty(); }));
        if (fitting > most) {
            most = fitting;
            best = fs::path(folder).filename().string();
        }
    }
    return best;
}

Result<Inspection> inspect(const SystemMapping& mapping, const TranslateOptions& options) {
    auto inventory = read_inventory(mapping, options, nullptr);
    if (!inventory) {
        return std::move(inventory).issue();
    }
    auto staging = stage(mapping, *inventory, options, nullptr);
    if (!staging) {
        return std::move(staging).issue();
    }
    const DataPackage& package = mapping.package();
    Inspection inspection;
    inspection.system = package.system;
    inspection.title = package.title;
    inspection.mapping = package.system + "/" + package.version;
    Resources resources;
    Translator translator(**staging, options);
    const auto look = [&](const std::string& file, std::string_view bytes, bool) {
        return resources.take(file, bytes);
    };
    if (const Status failed = translator.run(look, inspection.reconciliation)) {
        return *failed;
    }
    inspection.reconciliation.layout = common_layout(*inventory, package);
    inspection.reconciliation.unrecognised = inventory->unrecognised;
    inspection.reconciliation.issues = inventory->issues;
    for (const Batch& batch : inventory->batches) {
        inspection.batches.push_back(
            {batch.name(), batch.extracted, batch.files.size(), batch.held});
    }
    describe_tables(mapping, *inventory, options, inspection);
    count_events(translator, resources, organisations(mapping, *inventory, options), inspection);
    count_defects(**staging, translator, inspection);
    return inspection;
}

}  // namespace linkway::sources
