// One CSV row to Patient, ServiceRequest and Task, file in and NDJSON out, as the peers were
// measured: 27 columns, quotes, line ends inside cells, UTF-8. Templates through the scanner and
// the runner, row by row, beside a program written by hand; what both write is compared line by
// line.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "fhir/identity.h"
#include "measure.h"
#include "row_by_hand.h"
#include "sources/event_record.h"
#include "sources/row.h"
#include "sources/system_mapping.h"
#include "sources/table_scan.h"

namespace linkway::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* header =
    "PatientGuid,OrganisationGuid,Title,GivenName,MiddleNames,Surname,DateOfBirth,Sex,NhsNumber,"
    "HouseNameFlatNumber,NumberAndStreet,Village,Town,County,Postcode,HomePhone,MobilePhone,"
    "EmailAddress,ObservationGuid,EffectiveDate,SnomedCode,CodeTerm,ReferralUrgency,"
    "ReferralTargetOrganisationGuid,ClinicianUserInRoleGuid,ReferralUBRN,AssociatedText";

std::string guid(unsigned kind, std::uint64_t number) {
    std::array<char, 48> text{};
    const int length = std::snprintf(text.data(), text.size(), "%08X-0000-4000-8000-%012llX", kind,
                                     static_cast<unsigned long long>(number));
    return {text.data(), static_cast<std::size_t>(length)};
}

/// Names are plants; NHS numbers are of the test range.
void write_input(const std::string& path, std::uint64_t rows) {
    static constexpr std::array<const char*, 5> given = {"Sorrel", "Bryony", "Linden", "Clover",
                                                         "Zo\xC3\xAB"};
    static constexpr std::array<const char*, 4> family = {"Bramble", "Hawthorn", "O'Reedmace",
                                                          "Sedge"};
    std::ofstream out(path, std::ios::binary);
    out << header << "\r\n";
    for (std::uint64_t i = 0; i < rows; ++i) {
        const std::string day = std::to_string(10 + i % 18);
        const std::vector<std::string> cells = {
            guid(0x0BA70000, i),
            guid(0x0A000000, i % 40),
            i % 3 == 0 ? "Ms" : "",
            given[i % given.size()],
            i % 4 == 0 ? "Fern" : "",
            family[i % family.size()],
            std::to_string(1930 + i % 70) + "-03-" + day,
            i % 2 == 0 ? "F" : "M",
            i % 9 == 0 ? "9990000000" : "9990000018",
            i % 5 == 0 ? "The \"\"Old\"\" Forge" : "",
            std::to_string(1 + i % 200) + " Meadow Lane",
            i % 3 == 0 ? "Nether Testerton" : "",
            "Testerton",
            "Testershire",
            "ZZ99 " + std::to_string(i % 10) + "AA",
            i % 2 == 0 ? "01632 960" + std::to_string(100 + i % 800) : "",
            "07700 900" + std::to_string(100 + i % 800),
            i % 4 == 0 ? "someone" + std::to_string(i) + "@example.org" : "",
            guid(0x0B500000, i),
            std::to_string(2019 + i % 7) + "-05-" + day,
            "871731000000106",
            "Referral to social prescribing service",
            i % 6 == 0 ? "Urgent" : "Routine",
            guid(0x0A000000, 100 + i % 5),
            guid(0x05E70000, i % 12),
            i % 7 == 0 ? std::to_string(100000000000 + i) : "",
            i % 2 == 0 ? "Lives alone; likes the allotment.\nCaf\xC3\xA9 on Thursdays." : ""};
        for (std::size_t c = 0; c < cells.size(); ++c) {
            out << (c == 0 ? "\"" : ",\"") << cells[c] << '"';
        }
        out << "\r\n";
    }
    if (!out) {
        throw std::runtime_error("the input could not be written to " + path);
    }
}

/// The templates of rows/mapping over every row of a file, in memory that does not grow with it.
class ByTemplate {
  public:
    ByTemplate(const sources::SystemMapping& mapping, bool with_provenance)
        : mapping_(mapping), rows_(mapping.graph(), 0), source_(mapping.types().source) {
        for (const sources::MappedTemplate& each : mapping.templates()) {
            if (with_provenance || each.source.resource_type != "Provenance") {
                plans_.push_back(&each.plan);
            }
        }
        source_.extracted = "2026-03-02T04:15:00+00:00";
        source_.system = mapping.package().title;
        source_.mapping = version_;
        source_.file = "Referral.csv";
        variables_[sources::source_slot] =
            fhirpath::Collection(fhirpath::Value::of_record(source_));
        runtime_.variables = variables_;
        runtime_.arena = &arena_;
    }

    std::uint64_t translate(const std::string& input, const std::string& output) {
        const auto opened = sources::open_input(input);
        if (!opened) {
            throw std::runtime_error(text::to_string(opened.issue()));
        }
        const sources::Table& table = mapping_.package().tables[0];
        const sources::InputOptions options;
        const auto head = sources::read_header(opened->files[0], options, {});
        if (!head) {
            throw std::runtime_error(text::to_string(head.issue()));
        }
        std::vector<int> columns;
        for (const sources::Column& column : table.columns) {
            const auto at = std::find(head->columns.begin(), head->columns.end(), column.name);
            columns.push_back(static_cast<int>(at - head->columns.begin()));
        }
        sources::ScanRequest request;
        request.file = &opened->files[0];
        request.options = &options;
        std::ofstream out(output, std::ios::binary);
        const auto totals = sources::scan_table(
            request, *head,
            [&](const sources::ScannedRow& row) {
                rows_.add(row, columns);
                if (rows_.rows().size() == chunk) {
                    write(out);
                }
            },
            [](const sources::BadRecord&) {
                throw std::runtime_error("a record made for the benchmark is broken");
            });
        if (!totals) {
            throw std::runtime_error(text::to_string(totals.issue()));
        }
        write(out);
        return totals->rows;
    }

  private:
    static constexpr std::size_t chunk = 512;

    void write(std::ofstream& out) {
        rows_.settle();
        rows_.link({}, {});
        json_.clear();
        for (const sources::Row* row : rows_.living()) {
            arena_.release();
            runtime_.steps_left = 1'000'000;
            variables_[sources::row_slot] = fhirpath::Collection(fhirpath::Value::of_record(*row));
            source_.row = row->number;
            source_.line = row->line;
            for (const mapping::Plan* plan : plans_) {
                if (const auto failed = runner_.run(*plan, runtime_, json_)) {
                    throw std::runtime_error(text::to_string(*failed));
                }
                json_ += '\n';
            }
        }
        out.write(json_.data(), static_cast<std::streamsize>(json_.size()));
        rows_.clear();
    }

    const sources::SystemMapping& mapping_;
    sources::RowSet rows_;
    std::vector<const mapping::Plan*> plans_;
    std::string version_ = mapping_.package().system + "/" + mapping_.package().version;
    std::array<std::byte, 1 << 16> buffer_;
    std::pmr::monotonic_buffer_resource arena_{buffer_.data(), buffer_.size()};
    std::array<fhirpath::Collection, 4> variables_;
    fhirpath::Runtime runtime_;
    sources::SourceRecord source_;
    mapping::Runner runner_;
    std::string json_;
};

std::vector<std::string> sorted_lines(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

void compare(const std::string& ours, const std::string& by_hand) {
    const std::vector<std::string> one = sorted_lines(ours);
    const std::vector<std::string> other = sorted_lines(by_hand);
    std::size_t different =
        one.size() > other.size() ? one.size() - other.size() : other.size() - one.size();
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
        if (one[i] != other[i] && different++ == 0) {
            std::cout << "first difference\n  ours:    " << one[i] << "\n  by hand: " << other[i]
                      << '\n';
        }
    }
    std::cout << one.size() << " resources compared, " << different << " differ\n";
    if (different != 0) {
        throw std::runtime_error("the two programs do not do the same work");
    }
}

void run(std::uint64_t rows, int rounds, double patience) {
    const fs::path folder =
        fs::temp_directory_path() / ("linkway-rows-" + std::to_string(getpid()));
    fs::create_directories(folder / "in");
    const std::string input = folder / "in";
    const std::string file = folder / "in" / "Referral.csv";
    const std::string ours = folder / "ours.ndjson";
    const std::string hand = folder / "hand.ndjson";
    write_input(file, rows);
    const double megabytes = static_cast<double>(fs::file_size(file)) / 1e6;
    text::Issues issues;
    const auto mapping = sources::SystemMapping::load(LINKWAY_ROW_MAPPING, issues);
    for (const text::Issue& issue : issues) {
        std::cerr << text::to_string(issue) << '\n';
    }
    pin({cores().back()});
    ByTemplate three(*mapping, false);
    ByTemplate four(*mapping, true);
    RowByHand by_hand;
    three.translate(input, ours);
    const double peak = peak_megabytes();
    by_hand.translate(file, hand);
    compare(ours, hand);
    Series plan{"by template: Patient, ServiceRequest, Task", {}, {}};
    Series provenance{"by template: the same and Provenance", {}, {}};
    Series written{"by hand: Patient, ServiceRequest, Task", {}, {}};
    int quiet = 0;
    for (int round = 0; round < rounds; ++round) {
        quiet += wait_for_quiet(patience) ? 1 : 0;
        plan.measure([&] { three.translate(input, ours); });
        written.measure([&] { by_hand.translate(file, hand); });
        provenance.measure([&] { four.translate(input, ours); });
    }
    fs::remove_all(folder);
    const auto count = static_cast<double>(rows);
    std::printf("%.0f rows of 27 columns, %.1f MB, %d rounds (%d begun on a quiet machine), %s\n",
                count, megabytes, rounds, quiet, load().c_str());
    for (const Series* each : {&plan, &provenance, &written}) {
        std::printf("%-44s %9.0f rows/s best %9.0f median %9.0f by processor time\n",
                    each->name.c_str(), count / each->least(), count / each->median(),
                    count / each->least_cpu());
    }
    const double rate = count / provenance.least();
    report("row to FHIR with Provenance, 1000 rows/s", rate / 1000, ">= 100", rate >= 100'000,
           text_of("three resources %.0f", count / plan.least() / 1000));
    const double ratio = written.least() / plan.least();
    report("row to FHIR / hand-written (rows/s)", ratio, ">= 0.8", ratio >= 0.8,
           text_of("processor %.2f", written.least_cpu() / plan.least_cpu()));
    report("row to FHIR: peak resident set, MB", peak, "< 64", peak < 64);
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    try {
        const auto option = [&](std::string_view name, const char* otherwise) {
            for (int i = 1; i + 1 < argc; i += 2) {
                if (argv[i] == name) {
                    return std::string(argv[i + 1]);
                }
            }
            return std::string(otherwise);
        };
        linkway::bench::run(std::stoull(option("--rows", "50000")),
                            std::stoi(option("--rounds", "7")),
                            std::stod(option("--patience", "0")));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
