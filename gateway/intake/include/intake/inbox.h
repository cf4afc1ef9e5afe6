// What lands in the inbox, and when it is complete.
//
// Below inbox/<system>/ a thing is
//   x.zip            with its parts x.z01, x.z02, ... when it has any
//   a folder         with whatever lies in it
//   loose files      (.csv, .csv.gpg, ...): all of them together are one thing, since the files of
//                    one batch come one by one
//
// A thing is complete
//   at once          when it was renamed in under its final name, a file "<name>.done" lies beside
//                    it, or ".done" or "_COMPLETE" in it. Of loose files nobody knows whether more
//                    will come: for them ".done" or "_COMPLETE" lies in the system's folder
//   else             when nothing about it has changed for the quiet period: for senders that can
//                    do neither
// A split zip that lacks parts, or its last, is never complete at once. Renaming is seen through
// inotify only: where there is none (network file systems), and for what lies there at the start,
// marks and the quiet period count. Until they have another name, ".x", "x.part", "x.tmp" and
// "x.filepart" are left alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/resource.h"

namespace linkway::intake {

/// A thing that is complete.
struct Arrival {
    std::string system;                        ///< the folder's name; empty beside the folders
    std::string name;                          ///< "x.zip"; of loose files "a.csv and 3 more"
    std::vector<std::filesystem::path> parts;  ///< files and folders it is made of
    std::vector<std::filesystem::path> marks;  ///< files that only said that it is complete
    std::uint64_t stamp = 0;                   ///< how the parts looked (stamp.h)
};

/// Watches one inbox. Not thread-safe, but for wake().
class Inbox {
  public:
    explicit Inbox(std::filesystem::path folder, store::Instant quiet = 10'000);
    ~Inbox();
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    /// All that is complete at `now`, by system and name. What is not taken away comes again.
    std::vector<Arrival> poll(store::Instant now);

    /// Returns when something may have come, when wake() was called, or after that time.
    void wait(int milliseconds);
    /// Safe from any thread and from signal handlers.
    void wake() noexcept;

  private:
    /// How a thing looked, and since when it has looked so.
    struct Seen {
        std::uint64_t stamp = 0;
        store::Instant since = 0;
    };
    struct Found;

    void read_events();
    void watch(const std::filesystem::path& folder);
    void look_into(const std::string& system, const std::filesystem::path& folder,
                   std::vector<Found>& found);
    bool is_complete(Found& found, store::Instant now, std::map<std::string, Seen>& seen);

    std::filesystem::path folder_;
    store::Instant quiet_;
    int notify_ = -1;  // inotify; -1 where there is none
    int wake_ = -1;    // eventfd
    std::map<int, std::filesystem::path> watched_;
    std::set<std::filesystem::path> renamed_;  // in under their final names
    std::map<std::string, Seen> seen_;
};

}  // namespace linkway::intake
