// Where bytes come from: a folder, a zip, OpenPGP files in either. The same names and bytes
// whatever the container.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "text/issue.h"

namespace linkway::sources {

/// Bytes of one file, in order. Not thread-safe; open one per thread.
class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Fills from the front of `into`; the number of bytes read, 0 only at the end. A read error, a
    /// bad checksum or a failed decryption is an issue, never a short file.
    virtual text::Result<std::size_t> read(std::span<char> into) = 0;
};

/// One file of an input, before anything is read of it.
struct InputFile {
    std::string name;  ///< base name without ".gpg", e.g. "291_Admin_Patient_2015..._45E7....csv"
    std::string
        display;  ///< as shown to people and in provenance: path below the input, '/' between parts
    std::uint64_t size =
        0;             ///< bytes as stored (compressed or encrypted ones are larger when read)
    std::string path;  ///< of a file on disk; one that is not encrypted can be read at any offset
                       ///< by several threads
    std::string container;   ///< path of the zip that holds it; empty for a file on disk
    std::string entry;       ///< its name in there
    bool encrypted = false;  ///< was ".gpg": read through GnuPG, signature required
};

struct InputOptions {
    std::string gnupg_home;  ///< keyring directory for .gpg files; empty for the user's own
};

/// What `path` holds: every regular file below a folder, every entry of a zip, hidden ones left out
/// of both (a zip inside a folder is opened, one in parts x.z01 ... x.zip too; not a zip in a zip),
/// in name order. Path traversal in entry names, a name that comes twice, links that leave the
/// folder and encrypted entries are issues; the rest is listed. Reading an entry stops with an
/// issue when it inflates beyond 1 GiB and 200 times the size of its zip.
struct Input {
    std::vector<InputFile> files;
    text::Issues issues;
};
text::Result<Input> open_input(const std::string& path);

/// Opens a file of an input. For an encrypted one the whole stream is decrypted and its signature
/// checked as it is read; the issue of a bad, missing or unknown signature comes from read() before
/// the end is reported, so nothing read may be acted upon until read() has returned 0.
text::Result<std::unique_ptr<ByteStream>> open_stream(const InputFile& file,
                                                      const InputOptions& options);

}  // namespace linkway::sources
