// What a practice files, as files that somebody, or some program, takes from the outbox.
//
//   <system>/<ods>/<name>.csv    entries for the record (mappings/record)
//   messages/<ods>/<name>.html   the message back about one referral
//   <name>.csv.ack               put there by the practice: filed
//   <name>.csv.nack              or it will not be; what it says is the reason
//
// Files appear whole. <name> is the time and the number of the first delivery in it: the same on
// every attempt. What was done within a moment goes into one file.
//
// An acknowledgement is empty (all of it was filed, when the .ack was written), JSON or CSV:
//
//   {"filed_at": "2026-11-23T17:05:28Z", "by": "..."}              all of it
//   [{"key": "Observation/ob1", "filed_at": "...", "by": "..."}]   entries by their keys; the rest
//   key,filed_at,by                                                may follow in another .ack
//
// What has been settled moves to done/ beside the files.
#pragma once

#include <map>
#include <set>
#include <string>

#include "delivery/parts.h"

namespace linkway::delivery {

/// Times in milliseconds.
struct FileOptions {
    store::Instant lease = 60'000;  ///< of a claim
    store::Instant quiet = 1'000;   ///< an acknowledgement that says nothing is whole when it has
                                    ///< rested so long
    Retry retry{2'000, 600'000, 1'000};
};

/// Not thread-safe.
class FileCourier {
  public:
    explicit FileCourier(const Parts& parts, FileOptions options = {})
        : parts_(parts), options_(options) {}

    /// Writes what is due for one practice; false when nothing was.
    bool turn();
    /// Takes in what practices have said; true when it settled anything.
    bool collect();

  private:
    struct File;
    struct Verdict;

    text::Status write(const char* channel, const std::string& destination);
    text::Status fill(File& file, const char* channel, const std::string& destination);
    text::Status settle(File& file, const std::string& destination, const text::Status& failed);
    bool take_in(const std::filesystem::path& said);
    text::Status apply(const std::string& place, const Verdict& verdict, bool& complete);
    void note(const text::Issue& issue) const;

    const Parts& parts_;
    FileOptions options_;
    std::set<std::string> noted_;              ///< acknowledgements that could not be used
    std::map<std::string, std::size_t> seen_;  ///< partial ones, by a hash of what they said
};

}  // namespace linkway::delivery
