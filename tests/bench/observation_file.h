// Writes a CareRecord_Observation file of any size, in the form EMIS Web writes it (layout 8.2: 27
// columns, all quoted, CRLF).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::bench {

inline constexpr std::string_view observation_header =
    R"("ObservationGuid","PatientGuid","OrganisationGuid","EffectiveDate","EffectiveDatePrecision","EnteredDate","EnteredTime",)"
    R"("ClinicianUserInRoleGuid","EnteredByUserInRoleGuid","ParentObservationGuid","CodeId","ProblemGuid","ConsultationGuid",)"
    R"("AssociatedText","Value","NumericUnit","ObservationType","NumericRangeLow","NumericRangeHigh","DocumentGuid","Qualifiers",)"
    R"("Abnormal","AbnormalReason","Episode","Deleted","IsConfidential","ProcessingId")"
    "\r\n";
inline constexpr std::uint32_t code_column = 10;
inline constexpr std::uint32_t processing_id_column = 26;

/// The codes of the file: as many as a practice uses, some short, some as long as those EMIS took
/// over with SNOMED CT.
struct Codes {
    std::vector<std::string> common;
    std::vector<std::string> relevant;

    Codes() {
        for (std::uint64_t i = 0; i < 4000; ++i) {
            common.push_back(
                std::to_string(i % 4 == 3 ? 1'000'000'006'111 + i * 7'919'000 : 253 + i * 811));
        }
        for (std::uint64_t i = 0; i < 20; ++i) {
            relevant.push_back(std::to_string(i % 4 == 3 ? 1'717'391'000'006'114 + i * 1000
                                                         : 90'000'001 + i * 37));
        }
    }
};

/// Deterministic numbers (SplitMix64, by Sebastiano Vigna, in the public domain).
class Numbers {
  public:
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  private:
    std::uint64_t state_ = 2026;
};

class ObservationWriter {
  public:
    explicit ObservationWriter(const Codes& codes) : codes_(codes) {
        // Zipf: the n-th most used code is used 1/n as often as the first.
        double sum = 0;
        for (std::size_t i = 0; i < codes.common.size(); ++i) {
            sum += 1 / static_cast<double>(i + 1);
            cumulative_.push_back(sum);
        }
    }

    /// Appends one row; every 2,000th has a relevant code.
    void append(std::string& out) {
        const std::uint64_t row = rows_++;
        const bool relevant = row % 2000 == 1203;
        relevant_ += relevant ? 1U : 0U;
        guid(out, 0x0B500000U, row);
        guid(out, 0x0BA70000U, row / 150);
        guid(out, 0x0A000000U, 1);
        std::array<char, 40> date{};
        const auto days = static_cast<unsigned>(numbers_.below(28));
        const int length = std::snprintf(date.data(), date.size(), "%04u-%02u-%02u",
                                         1990 + static_cast<unsigned>(numbers_.below(36)),
                                         1 + static_cast<unsigned>(numbers_.below(12)), 1 + days);
        const std::string_view day(date.data(), static_cast<std::size_t>(length));
        for (const std::string_view cell :
             {day, std::string_view("YMD"), day, std::string_view("10:15:00")}) {
            cell_of(out, cell);
        }
        guid(out, 0x05E70000U, numbers_.below(40));
        guid(out, 0x05E70000U, numbers_.below(40));
        cell_of(out, {});
        cell_of(out,
                relevant ? codes_.relevant[numbers_.below(codes_.relevant.size())] : common_code());
        numbers_.below(4) == 0 ? guid(out, 0x0B5F0000U, row) : cell_of(out, {});
        numbers_.below(10) < 7 ? guid(out, 0x0C050000U, row / 3) : cell_of(out, {});
        cell_of(out, note());
        const bool value = numbers_.below(3) == 0;
        cell_of(out, value ? std::to_string(numbers_.below(4000)) : std::string());
        cell_of(out, value ? "mmol/L" : "");
        cell_of(out, value ? "Value" : "Observation");
        for (const std::string_view cell :
             {"", "", "", "", "false", "", "None", "false", "false"}) {
            cell_of(out, cell);
        }
        out += "\"291\"\r\n";
    }

    std::uint64_t rows() const { return rows_; }
    std::uint64_t relevant() const { return relevant_; }

  private:
    static void cell_of(std::string& out, std::string_view content) {
        out += '"';
        out += content;
        out += "\",";
    }

    static void guid(std::string& out, std::uint64_t kind, std::uint64_t number) {
        std::array<char, 48> text{};
        const int length =
            std::snprintf(text.data(), text.size(), "{%08llX-%04llX-4000-8000-%012llX}",
                          static_cast<unsigned long long>(kind),
                          static_cast<unsigned long long>(number * 2654435761U % 0xFFFFU),
                          static_cast<unsigned long long>(number));
        cell_of(out, {text.data(), static_cast<std::size_t>(length)});
    }

    const std::string& common_code() {
        const double at =
            static_cast<double>(numbers_.next() >> 11U) * 0x1p-53 * cumulative_.back();
        const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
        return codes_.common[std::min(static_cast<std::size_t>(found - cumulative_.begin()),
                                      codes_.common.size() - 1)];
    }

    /// Mostly nothing or a sentence; now and then quotes, commas and line ends, as clinicians type
    /// them.
    std::string_view note() {
        static constexpr std::array<std::string_view, 8> notes = {
            "",
            "",
            "",
            "Lives alone, would like company.",
            "Discussed and agreed with the patient; review in six weeks.",
            "",
            "Seen with her daughter. Feels better, sleeps well, eats little, walks to the shops on "
            "most days.",
            "Telephone"};
        const std::uint64_t choice = numbers_.below(200);
        if (choice == 7) {
            return "Said \"\"not today\"\".\r\nWill ring again, after \"\"the holidays\"\".";
        }
        return notes[choice % notes.size()];
    }

    const Codes& codes_;
    std::vector<double> cumulative_;
    Numbers numbers_;
    std::uint64_t rows_ = 0;
    std::uint64_t relevant_ = 0;
};

/// Makes the file at least `bytes` large; false when it could not be written.
inline bool write_observations(const std::string& path, const Codes& codes, std::uint64_t bytes) {
    const auto close = [](std::FILE* file) { return std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "wb"), close);
    if (!file) {
        return false;
    }
    ObservationWriter writer(codes);
    std::string block(observation_header);
    for (std::uint64_t written = 0; written < bytes; written += block.size(), block.clear()) {
        while (block.size() < 1U << 20U) {
            writer.append(block);
        }
        if (std::fwrite(block.data(), 1, block.size(), file.get()) != block.size()) {
            return false;
        }
    }
    return std::fflush(file.get()) == 0;
}

}  // namespace linkway::bench
