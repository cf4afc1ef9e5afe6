#include "snomed_release.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "release_files.h"
#include "rf2_file.h"

namespace linkway::terminology {

namespace {

using Kind = ReleaseFile::Kind;

constexpr std::array<std::string_view, 5> concept_columns = {"id", "effectiveTime", "active",
                                                             "moduleId", "definitionStatusId"};
constexpr std::array<std::string_view, 10> relationship_columns = {"id",
                                                                   "effectiveTime",
                                                                   "active",
                                                                   "moduleId",
                                                                   "sourceId",
                                                                   "destinationId",
                                                                   "relationshipGroup",
                                                                   "typeId",
                                                                   "characteristicTypeId",
                                                                   "modifierId"};
constexpr std::array<std::string_view, 9> description_columns = {
    "id",           "effectiveTime", "active", "moduleId",          "conceptId",
    "languageCode", "typeId",        "term",   "caseSignificanceId"};
constexpr std::array<std::string_view, 6> refset_columns = {
    "id", "effectiveTime", "active", "moduleId", "refsetId", "referencedComponentId"};
constexpr std::array<std::string_view, 7> language_columns = {
    "id",       "effectiveTime",         "active",         "moduleId",
    "refsetId", "referencedComponentId", "acceptabilityId"};
constexpr std::array<std::string_view, 7> association_columns = {
    "id",       "effectiveTime",         "active",           "moduleId",
    "refsetId", "referencedComponentId", "targetComponentId"};

// Concepts that SNOMED CT's own files are written with.
constexpr std::string_view is_a_type = "116680003";
constexpr std::string_view fully_specified_name = "900000000000003001";
constexpr std::string_view synonym = "900000000000013009";
constexpr std::string_view preferred = "900000000000548007";
/// Whose preferred term is shown: the UK's clinical and pharmacy realms, then British and American
/// English.
constexpr std::array<std::string_view, 4> languages = {"999001261000000100", "999000691000001104",
                                                       "900000000000508004", "900000000000509007"};
/// SAME AS and REPLACED BY: what may stand in for an inactive concept.
constexpr std::array<std::string_view, 2> replacing = {"900000000000527005", "900000000000526001"};

/// An is-a row.
struct IsA {
    std::uint64_t id;
    Edge edge;
    std::uint32_t time;
    std::uint32_t file;
    std::uint64_t line;
    bool active;
};

class ReleaseReader {
  public:
    ReleaseReader(Terminology::Tables& tables, CodeSystem& system, text::Issues& issues)
        : text_(*tables.release_text), system_(system), issues_(issues) {}

    void read(const std::vector<ReleaseFile>& files);

  private:
    void read_concepts(Rf2File& rows);
    void read_relationships(Rf2File& rows, std::uint32_t file);
    void read_languages(Rf2File& rows);
    void read_descriptions(Rf2File& rows);
    void read_refsets(Rf2File& rows);
    void read_associations(Rf2File& rows);
    void build_hierarchy(const std::vector<ReleaseFile>& files);
    void finish();

    template <std::size_t Columns, class Read>
    void each_file(const std::vector<ReleaseFile>& files, Kind kind,
                   const std::array<std::string_view, Columns>& columns, const Read& read);
    std::optional<Ordinal> concept_at(Rf2File& rows, std::size_t column);
    std::string_view keep(std::string_view text);

    std::pmr::monotonic_buffer_resource& text_;
    CodeSystem& system_;
    text::Issues& issues_;
    std::vector<std::uint32_t> times_;  ///< of each concept
    std::vector<IsA> is_a_;
    /// Descriptions that a language prefers, and how much we prefer that language.
    std::vector<std::pair<std::uint64_t, std::uint8_t>> preferred_;
    std::vector<std::uint8_t> ranks_;  ///< of the display each concept has
};

std::string_view ReleaseReader::keep(std::string_view text) {
    auto* copy = static_cast<char*>(text_.allocate(text.size() + 1, 1));
    text.copy(copy, text.size());
    return {copy, text.size()};
}

template <std::size_t Columns, class Read>
void ReleaseReader::each_file(const std::vector<ReleaseFile>& files, Kind kind,
                              const std::array<std::string_view, Columns>& columns,
                              const Read& read) {
    for (std::uint32_t i = 0; i < files.size(); ++i) {
        if (files[i].kind != kind) {
            continue;
        }
        std::ifstream in(files[i].path, std::ios::binary);
        if (!in) {
            issues_.push_back({text::Severity::error,
                               "exception",
                               "the file cannot be read",
                               {files[i].path, 0, 0, {}},
                               "check that you may read it"});
            continue;
        }
        Rf2File rows(in, files[i].path, columns, issues_);
        read(rows, i);
    }
}

void ReleaseReader::read(const std::vector<ReleaseFile>& files) {
    const auto with = [](auto& self, auto member) {
        return [&self, member](Rf2File& rows, std::uint32_t) { (self.*member)(rows); };
    };
    each_file(files, Kind::concepts, concept_columns, with(*this, &ReleaseReader::read_concepts));
    each_file(files, Kind::relationships, relationship_columns,
              [this](Rf2File& rows, std::uint32_t file) { read_relationships(rows, file); });
    build_hierarchy(files);
    each_file(files, Kind::preferences, language_columns,
              with(*this, &ReleaseReader::read_languages));
    std::sort(preferred_.begin(), preferred_.end());
    ranks_.assign(system_.entries.size(), languages.size() + 1);
    each_file(files, Kind::descriptions, description_columns,
              with(*this, &ReleaseReader::read_descriptions));
    each_file(files, Kind::refsets, refset_columns, with(*this, &ReleaseReader::read_refsets));
    each_file(files, Kind::associations, association_columns,
              with(*this, &ReleaseReader::read_associations));
    finish();
}

void ReleaseReader::read_concepts(Rf2File& rows) {
    while (rows.next()) {
        Rf2File::Version version;
        if (!is_valid_concept_id(rows[0])) {
            rows.report(0, "code-invalid",
                        "this is no SNOMED CT concept identifier (check digit or partition wrong)",
                        "the row is left out");
            continue;
        }
        if (!rows.version(version)) {
            continue;
        }
        if (const auto known = system_.find(rows[0])) {
            if (version.time == times_[*known]) {
                rows.report(0, "duplicate", "this concept stands twice in the release",
                            "the first row is kept");
            } else if (version.time > times_[*known]) {
                system_.entries[*known].inactive = !version.active;
                times_[*known] = version.time;
            }
            continue;
        }
        Entry entry;
        entry.code = keep(rows[0]);
        entry.inactive = !version.active;
        system_.add(entry);
        times_.push_back(version.time);
    }
}

std::optional<Ordinal> ReleaseReader::concept_at(Rf2File& rows, std::size_t column) {
    const auto found = system_.find(rows[column]);
    if (!found) {
        rows.report(column, "not-found",
                    "no Concept file of this release has the concept named here",
                    "the row is left out");
    }
    return found;
}

void ReleaseReader::read_relationships(Rf2File& rows, std::uint32_t file) {
    while (rows.next()) {
        Rf2File::Version version;
        if (rows[7] != is_a_type || !rows.version(version)) {
            continue;
        }
        const std::uint64_t id = number_of(rows[0]);
        if (id == 0) {
            rows.report(0, "value", "the identifier of a relationship was expected here",
                        "the row is left out");
            continue;
        }
        // Inactive rows count too: in another package the same row may still be active.
        const auto child = version.active ? concept_at(rows, 4) : system_.find(rows[4]);
        const auto parent = version.active ? concept_at(rows, 5) : system_.find(rows[5]);
        if (child && parent) {
            is_a_.push_back(
                {id, {*child, *parent}, version.time, file, rows.line(), version.active});
        }
    }
}

void ReleaseReader::build_hierarchy(const std::vector<ReleaseFile>& files) {
    // Of rows with the same id only the latest holds.
    std::sort(is_a_.begin(), is_a_.end(), [](const IsA& a, const IsA& b) {
        return a.id != b.id ? a.id < b.id : a.time > b.time;
    });
    is_a_.erase(std::unique(is_a_.begin(), is_a_.end(),
                            [](const IsA& a, const IsA& b) { return a.id == b.id; }),
                is_a_.end());
    std::erase_if(is_a_, [](const IsA& row) { return !row.active; });
    std::vector<Edge> edges;
    edges.reserve(is_a_.size());
    for (const IsA& row : is_a_) {
        edges.push_back(row.edge);
    }
    const Hierarchy::Built built = system_.hierarchy.build(system_.entries.size(), edges);
    for (const std::size_t i : built.circular) {
        const IsA& row = is_a_[i];
        issues_.push_back({text::Severity::error,
                           "business-rule",
                           "by this row the concept " +
                               std::string(system_.entries[row.edge.parent].code) +
                               " stands above itself",
                           {files[row.file].path, row.line, 0, {}},
                           "the row is left out"});
    }
    if (built.too_large || edges.empty()) {
        system_.is_a = false;
    }
    if (built.too_large) {
        issues_.push_back({text::Severity::error,
                           "too-costly",
                           "this hierarchy is too deep to be worked out",
                           {files.front().path, 0, 0, {}},
                           {}});
    }
    is_a_ = {};
}

void ReleaseReader::read_languages(Rf2File& rows) {
    while (rows.next()) {
        Rf2File::Version version;
        if (!rows.version(version) || !version.active || rows[6] != preferred) {
            continue;
        }
        const auto language = std::find(languages.begin(), languages.end(), rows[4]);
        const std::uint64_t description = number_of(rows[5]);
        if (language != languages.end() && description != 0) {
            preferred_.emplace_back(description,
                                    static_cast<std::uint8_t>(language - languages.begin()));
        }
    }
}

void ReleaseReader::read_descriptions(Rf2File& rows) {
    while (rows.next()) {
        Rf2File::Version version;
        if (!rows.version(version) || !version.active ||
            (rows[6] != synonym && rows[6] != fully_specified_name)) {
            continue;
        }
        const auto of = concept_at(rows, 4);
        if (!of) {
            continue;
        }
        Entry& entry = system_.entries[*of];
        if (rows[6] == fully_specified_name) {
            entry.full_name = keep(rows[7]);
            continue;
        }
        const std::uint64_t id = number_of(rows[0]);
        const auto found = std::lower_bound(preferred_.begin(), preferred_.end(),
                                            std::pair<std::uint64_t, std::uint8_t>(id, 0));
        const auto rank = found != preferred_.end() && found->first == id
                              ? found->second
                              : static_cast<std::uint8_t>(languages.size());
        if (rank < ranks_[*of]) {
            ranks_[*of] = rank;
            entry.display = keep(rows[7]);
        }
    }
}

void ReleaseReader::read_refsets(Rf2File& rows) {
    while (rows.next()) {
        Rf2File::Version version;
        if (!rows.version(version) || !version.active) {
            continue;
        }
        // Members may be descriptions as well; those are no codes.
        const auto member = system_.find(rows[5]);
        if (!member) {
            continue;
        }
        auto found = system_.refsets.find(rows[4]);
        if (found == system_.refsets.end()) {
            found = system_.refsets.try_emplace(keep(rows[4])).first;
        }
        found->second.push_back(*member);
    }
}

void ReleaseReader::read_associations(Rf2File& rows) {
    while (rows.next()) {
        Rf2File::Version version;
        if (!rows.version(version) || !version.active ||
            std::find(replacing.begin(), replacing.end(), rows[4]) == replacing.end()) {
            continue;
        }
        const auto from = system_.find(rows[5]);
        const auto to = system_.find(rows[6]);
        if (from && to) {
            system_.replaced.emplace_back(*from, *to);
        }
    }
}

void ReleaseReader::finish() {
    for (auto& [refset, members] : system_.refsets) {
        std::sort(members.begin(), members.end());
        members.erase(std::unique(members.begin(), members.end()), members.end());
    }
    std::sort(system_.replaced.begin(), system_.replaced.end());
    for (Entry& entry : system_.entries) {
        if (entry.display.empty()) {
            entry.display = entry.full_name;
        }
    }
}

bool has(const std::vector<ReleaseFile>& files, Kind kind) {
    return std::any_of(files.begin(), files.end(),
                       [&](const ReleaseFile& file) { return file.kind == kind; });
}

}  // namespace

void read_snomed_release(const std::string& folder, Terminology::Tables& tables,
                         text::Issues& issues) {
    const auto report = [&](std::string code, std::string message, std::string suggestion) {
        issues.push_back({text::Severity::error,
                          std::move(code),
                          std::move(message),
                          {folder, 0, 0, {}},
                          std::move(suggestion)});
    };
    const auto files = find_release_files(folder);
    if (!files.ok()) {
        issues.push_back(files.issue());
        return;
    }
    if (!has(files.value(), Kind::concepts)) {
        report("not-found", "no file named sct2_Concept_*Snapshot*.txt lies below this folder",
               "unpack the release and name its folder; Full and Delta files are not read");
        return;
    }
    if (tables.has_url(snomed)) {
        report("duplicate", "a code system http://snomed.info/sct is loaded already",
               "load one release, and no CodeSystem file of that url");
        return;
    }
    if (!has(files.value(), Kind::relationships)) {
        report("not-found", "no file named sct2_Relationship_*Snapshot*.txt lies below this folder",
               "without it nothing is known of what is-a what");
    }
    tables.release_text = std::make_unique<std::pmr::monotonic_buffer_resource>();
    CodeSystem& system = tables.code_systems[snomed];
    tables.order.push_back(snomed);
    system.url = snomed;
    system.content = Content::edition;
    for (const ReleaseFile& file : files.value()) {
        if (file.kind == Kind::concepts) {
            system.version = std::max(system.version, release_date(file.path));
        }
    }
    auto* copy = static_cast<char*>(tables.release_text->allocate(system.version.size() + 1, 1));
    system.version.copy(copy, system.version.size());
    system.version = {copy, system.version.size()};
    ReleaseReader(tables, system, issues).read(files.value());
}

}  // namespace linkway::terminology
