// Turns the people of a sample and their histories into the files of a SystmOne extract: one batch
// for all practices, with its manifest.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "named_table.h"
#include "people.h"

namespace linkway::sample {

/// Writes one bulk into a folder that exists. Keeps nothing about a patient once written.
class SystmOneWriter {
  public:
    SystmOneWriter(const SampleOptions& options, const sources::DataPackage& package,
                   std::string folder);

    text::Status write();

  private:
    NamedTable& table(std::string_view name) { return *tables_.find(name)->second; }
    text::Status open_all();
    text::Status close_all();
    text::Status failure() const;

    void lists();
    void organisations();
    void branches();
    void staff(std::uint32_t practice);
    text::Status patient(const Patient& patient, const History& history, std::uint64_t index);
    void person(const Patient& patient);
    void contacts(const History& history);
    void entries(const History& history);
    void problems(const History& history);
    void medication(const History& history);
    void referrals(const History& history);
    /// What a row of a patient's record begins and ends with: ids, dates, who did it, where.
    NamedTable& begin(std::string_view name, int day, int second, std::uint32_t staff,
                      std::uint64_t event);
    /// The event that an entry is part of.
    std::uint64_t event_of(const History& history, int entry) const;
    void state(const History& history, std::uint64_t referral, int entry, std::string_view term);
    void report_progress(std::uint64_t done);

    const SampleOptions& options_;
    const sources::DataPackage& package_;
    std::string folder_;
    World world_;
    Dictionary dictionary_;
    std::map<std::string, std::unique_ptr<NamedTable>, std::less<>> tables_;
    // Of the patient that is being written.
    std::uint32_t practice_ = 0;
    std::string ods_code_;
    std::uint64_t patient_ = 0;
    std::uint64_t first_event_ = 1;  ///< those of contacts, then those of entries without one
    std::uint64_t first_code_ = 1;
    SampleReport report_;
    std::chrono::steady_clock::time_point next_progress_{};
};

}  // namespace linkway::sample
