// What a run's reconciliation.json says, as far as the intake asks. Private to intake.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::intake {

struct FileLine {
    std::string file;
    std::string table;
    bool applied_before = false;  ///< the same file was, by an earlier run
};

struct Account {
    std::vector<FileLine> files;
    std::vector<std::string> held_batches;  ///< "291 of ...: why"
    std::uint64_t rows = 0, held = 0, rejected = 0;

    /// Nothing of it was applied, and nothing said that it never will be: its batches come after
    /// one that is still to come.
    bool waits() const { return !held_batches.empty() && rows == held; }
    bool held_something() const { return !held_batches.empty() || held != 0; }
};

/// Empty for what is none.
Account read_account(std::string_view reconciliation);

/// The attempts of an intake (work/<id>/<number>) that are complete, in order.
std::vector<std::filesystem::path> attempts(const std::filesystem::path& work);

/// Of a file; empty when there is none.
std::string content_of(const std::filesystem::path& file);

}  // namespace linkway::intake
