// Turns the people of a sample and their histories into the files of a Vision extract: six for each
// practice.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "named_table.h"
#include "people.h"

namespace linkway::sample {

/// Writes one batch into a folder that exists. Keeps nothing about a patient once written.
class VisionWriter {
  public:
    VisionWriter(const SampleOptions& options, const sources::DataPackage& package,
                 std::string folder);

    text::Status write();

  private:
    text::Status open(const Practice& practice);
    text::Status close();
    NamedTable& table(std::string_view name);
    text::Status patient(const Patient& patient, const History& history, std::uint64_t index);

    void staff(std::uint32_t practice);
    void person(const Patient& patient);
    void contacts(const Patient& patient, const History& history);
    void entries(const Patient& patient, const History& history);
    void medication(const Patient& patient, const History& history);
    void referrals(const Patient& patient, const History& history);
    /// What rows of the journal and referrals begin with: ids, date, author.
    NamedTable& begin(NamedTable& table, const Patient& patient, std::size_t id, int day,
                      std::uint32_t staff);
    std::string links(int contact, int other) const;
    text::Status failure(const NamedTable& table) const;
    void report_progress(std::uint64_t done);

    const SampleOptions& options_;
    const sources::DataPackage& package_;
    std::string folder_;
    World world_;
    Dictionary dictionary_;
    std::vector<std::unique_ptr<NamedTable>> tables_;  // of the practice that is being written
    NamedTable* journal_ = nullptr;
    SampleReport report_;
    std::chrono::steady_clock::time_point next_progress_{};
};

}  // namespace linkway::sample
