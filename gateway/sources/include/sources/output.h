// A folder that appears whole or not at all.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/issue.h"

namespace linkway::sources {

/// Files are written under a temporary name beside the target; commit() makes them durable and
/// renames the folder into place. Destroyed without commit, it removes what it wrote. Write errors
/// (a full disk) come back once and stay: later calls return the same issue.
class OutputFolder {
  public:
    /// Refuses a target that exists and is not an empty folder, unless `overwrite` is set: then it
    /// is replaced at commit.
    static text::Result<std::unique_ptr<OutputFolder>> create(const std::string& target,
                                                              bool overwrite);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    /// Appends to a file of the folder ("ServiceRequest.ndjson", "quarantine/Task.ndjson"), which
    /// is made at the first call.
    text::Status append(const std::string& name, std::string_view bytes);
    /// Appends and closes at once; for many small files.
    text::Status write(const std::string& name, std::string_view bytes);

    /// Ends all files and makes them durable; nothing is appended after it. They can be read in
    /// `temporary()` until commit().
    text::Status finish();
    std::string temporary() const;

    text::Status commit();

  private:
    OutputFolder();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::sources
