// Loading and asking a SNOMED CT release: a made-up one of 400,000 concepts, as large as a real
// edition, written to TMPDIR first. Prints seconds, memory and nanoseconds a question; then what
// loading the shipped code files costs.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../unit/random.h"
#include "measure.h"
#include "terminology/terminology.h"

namespace fs = std::filesystem;
using namespace linkway;

namespace {

constexpr std::uint32_t concepts = 400'000;
constexpr const char* snomed = "http://snomed.info/sct";

/// The digit that makes the identifier valid.
std::string with_check_digit(const std::string& digits) {
    for (char digit = '0';; ++digit) {
        if (terminology::is_valid_sctid(digits + digit)) {
            return digits + digit;
        }
    }
}

std::string sctid(std::uint32_t item, const char* partition) {
    return with_check_digit(std::to_string(item) + "9999999" + partition);
}

/// Each concept stands below one to three of those before it, so far back that it has some
/// seventeen ancestors, as those of SNOMED CT have; each has a full name and two synonyms, and
/// three relationships that are no is-a.
void write_release(const fs::path& folder, const std::vector<std::string>& ids) {
    tests::Random random(400);
    const std::string middle = "\t20250101\t1\t9009999999108\t";
    const auto open = [&](const char* name, const char* header) {
        std::ofstream out(folder / (std::string(name) + "_XX9999999_20250101.txt"),
                          std::ios::binary);
        out << header << "\r\n";
        return out;
    };
    auto concept_file =
        open("sct2_Concept_Snapshot", "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId");
    auto description_file =
        open("sct2_Description_Snapshot-en",
             "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\t"
             "caseSignificanceId");
    auto relationship_file =
        open("sct2_Relationship_Snapshot",
             "id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\t"
             "typeId\tcharacteristicTypeId\tmodifierId");
    auto language_file = open("der2_cRefset_LanguageSnapshot-en",
                              "id\teffectiveTime\tactive\tmoduleId\trefsetId\t"
                              "referencedComponentId\tacceptabilityId");
    std::uint32_t descriptions = 0;
    std::uint32_t relationships = 0;
    for (std::uint32_t i = 0; i < concepts; ++i) {
        concept_file << ids[i] << middle << "900000000000074008\r\n";
        for (const char* type :
             {"900000000000003001", "900000000000013009", "900000000000013009"}) {
            const std::string id = sctid(++descriptions, "11");
            description_file << id << middle << ids[i] << "\ten\t" << type
                             << "\tMade-up thing of some length, number " << descriptions
                             << "\t900000000000448009\r\n";
            if (descriptions % 3 != 0) {
                language_file << "00000000-0000-5000-8000-" << 100'000'000'000 + descriptions
                              << middle << "900000000000508004\t" << id
                              << "\t900000000000548007\r\n";
            }
        }
        const auto relate = [&](std::uint32_t to, const char* type) {
            relationship_file << sctid(++relationships, "12") << middle << ids[i] << '\t' << ids[to]
                              << "\t0\t" << type << "\t900000000000011006\t900000000000451002\r\n";
        };
        for (std::uint32_t n = i == 0 ? 0 : 1 + random.below(3) / 2 + random.below(8) / 7; n > 0;
             --n) {
            relate(i < 10 ? random.below(i) : i / 20 + random.below(i / 4 - i / 20), "116680003");
        }
        for (int n = 0; n < 3; ++n) {
            relate(random.below(concepts), "363698007");
        }
    }
}

double now() {
    return bench::seconds(CLOCK_MONOTONIC);
}

double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

template <class Ask>
void ask(const char* what, const std::vector<std::string>& ids, const Ask& question) {
    tests::Random random(7);
    constexpr int rounds = 1'000'000;
    std::size_t held = 0;
    const double start = now();
    for (int i = 0; i < rounds; ++i) {
        held += question(ids[random.below(concepts)], ids[random.below(200)]) ? 1 : 0;
    }
    std::printf("%6.0f ns  %s (%.1f %% yes)\n", (now() - start) * 1e9 / rounds, what,
                100.0 * static_cast<double>(held) / rounds);
}

}  // namespace

int main() {
    const fs::path folder =
        fs::temp_directory_path() / ("linkway-release-" + std::to_string(getpid()));
    fs::create_directories(folder);
    std::vector<std::string> ids;
    for (std::uint32_t i = 0; i < concepts; ++i) {
        ids.push_back(sctid(i + 1, "10"));
    }
    write_release(folder, ids);
    std::uintmax_t bytes = 0;
    for (const auto& file : fs::directory_iterator(folder)) {
        bytes += file.file_size();
    }
    const double before = resident_megabytes();
    terminology::Terminology terminology;
    const double start = now();
    const text::Issues issues = terminology.load_snomed(folder.string());
    const double spent = now() - start;
    fs::remove_all(folder);
    for (const text::Issue& issue : issues) {
        std::printf("%s\n", text::to_string(issue).c_str());
    }
    std::printf("%.2f s to load %u concepts from %.0f MB; %.0f MB kept, %.0f MB at most\n", spent,
                concepts, static_cast<double>(bytes) / 1e6, resident_megabytes() - before,
                bench::peak_megabytes() - before);

    const std::string isa = R"({"resourceType":"ValueSet","url":"u:isa","compose":{"include":[
        {"system":"http://snomed.info/sct","filter":[
            {"property":"concept","op":"is-a","value":")" +
                            ids[3] + R"("}]}]}})";
    std::vector<text::Document> documents;
    documents.push_back(std::move(text::parse_json(isa, "isa.json")).value());
    if (!terminology.load(std::move(documents)).empty()) {
        return 1;
    }
    ask("subsumes", ids, [&](const std::string& code, const std::string& above) {
        return terminology.subsumes(snomed, above, code).value_or(false);
    });
    ask("member of an is-a value set", ids, [&](const std::string& code, const std::string&) {
        return terminology.member_of("u:isa", snomed, code) == terminology::Membership::yes;
    });
    ask("member of ?fhir_vs=isa/ID", ids, [&](const std::string& code, const std::string& above) {
        return terminology.member_of("http://snomed.info/sct?fhir_vs=isa/" + above, snomed, code) ==
               terminology::Membership::yes;
    });
    const double listing = now();
    const auto expanded = terminology.expand("u:isa", concepts);
    std::printf("%6.0f ms  to list the %zu codes of it\n", (now() - listing) * 1e3,
                expanded.ok() ? expanded->size() : 0);

    double best = 1e9;
    for (int i = 0; i < 20; ++i) {
        terminology::Terminology shipped;
        const double from = now();
        if (!shipped.load(LINKWAY_MAPPINGS "/codes").empty()) {
            return 1;
        }
        best = std::min(best, now() - from);
    }
    std::printf("%6.2f ms  to load mappings/codes\n", best * 1e3);
    return issues.empty() ? 0 : 1;
}
