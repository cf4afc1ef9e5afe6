// What came, kept as it came under its hash:
//
//   raw/<id>/intake.json   what it is: system, name, and of a replay which rows it says again
//   raw/<id>/in/           the files: what is translated
//
// The id of a single file is its SHA-256; of several that of the lines "<SHA-256>  <path>", sorted,
// as sha256sum writes them. Private to intake.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "intake/data_folder.h"
#include "text/issue.h"

namespace linkway::intake {

/// A row of quarantine within a replay's files.
struct ReplayedRow {
    std::string item;  ///< id in quarantine
    std::string file;  ///< below in/
    std::uint64_t line = 0, lines = 1;
};

struct Ticket {
    std::string system;
    std::string name;
    std::vector<ReplayedRow> replays;
    std::string salt;  ///< of a replay, which must not count as one of the same content before it
};

/// A thing on its way into raw/; gone when it is not committed.
class Incoming {
  public:
    static text::Result<Incoming> begin(const DataFolder& folder);
    ~Incoming();
    Incoming(Incoming&& other) noexcept = default;
    Incoming& operator=(Incoming&&) = delete;

    /// Copies a file or folder in under its own name. Links stay links, what is neither file nor
    /// folder is left out. Issue: it cannot be read or written.
    text::Status copy(const std::filesystem::path& path);
    /// Moves a file of ours in.
    text::Status move(const std::filesystem::path& path, const std::string& name);
    text::Status write(const std::string& name, std::string_view content);

    /// Makes it durable and puts it in place; its id. What is there already stays.
    text::Result<std::string> commit(const Ticket& ticket);

  private:
    Incoming() = default;
    text::Status copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

    struct Remover {
        void operator()(std::filesystem::path* path) const;
    };
    std::filesystem::path raw_;
    std::unique_ptr<std::filesystem::path, Remover> folder_;
    std::vector<std::string> lines_;  // "<SHA-256>  <path>"
};

text::Result<Ticket> read_ticket(const DataFolder& folder, const std::string& id);

/// fsync of a file or folder.
text::Status make_durable(const std::filesystem::path& path);

/// SHA-256 in hexadecimal digits.
std::string sha256(std::string_view bytes);

/// A name that can stand in a folder, a message and JSON: UTF-8, no control characters or slashes,
/// no dot in front, 200 bytes at most.
std::string safe_name(const std::string& name);

/// An errno as an issue: "no-store" for a full disk.
text::Issue failure(const std::string& what, const std::filesystem::path& path, int error);

}  // namespace linkway::intake
