// What an intake could not use, on its way into quarantine. Private to intake.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "intake/intake.h"
#include "raw.h"
#include "sources/data_package.h"

namespace linkway::intake {

/// Enters an item unless it is there: what a person did about it stays.
void put_once(store::Writer& writer, store::Quarantined item, store::Instant now);

/// A resource that is kept back: its table is empty, its content the resource.
store::Quarantined rejected_resource(const store::Intake& entry, const std::string& file,
                                     std::uint64_t line, const std::string& json,
                                     const text::Issues& issues);

/// Parses, validates and prepares a resource. All that is wrong goes to `issues` when validation
/// found it.
text::Result<store::Prepared> check_and_prepare(const std::string& json, const std::string& file,
                                                const Validate& validate, text::Issues& issues);

/// Rows and resources that a translation rejected or held.
class Rejections {
  public:
    Rejections(const DataFolder& folder, const store::Intake& entry,
               const sources::DataPackage& package, sources::InputOptions access, std::size_t most);

    /// Reads what the attempts said, and the rows themselves from what came.
    text::Status read();
    /// Enters them; of a replay, says of each row how it went instead.
    void put(store::Writer& writer, store::Instant now) const;

    const Ticket& ticket() const { return ticket_; }
    std::size_t left_out() const { return left_out_; }

  private:
    using Place = std::pair<std::string, std::uint64_t>;  // file, line

    void read_outcomes(const std::filesystem::path& output);
    void read_resources(const std::filesystem::path& output);
    void read_rows();
    void put_replayed(store::Writer& writer, store::Instant now) const;

    const DataFolder& folder_;
    const store::Intake& entry_;
    const sources::DataPackage& package_;
    sources::InputOptions access_;
    std::size_t most_;
    Ticket ticket_;
    std::map<Place, std::string> reasons_;  // the issues, as JSON with commas between
    std::map<Place, store::Quarantined> rows_;
    std::vector<store::Quarantined> resources_;
    std::size_t left_out_ = 0;
};

}  // namespace linkway::intake
