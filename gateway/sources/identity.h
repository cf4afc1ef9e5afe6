// Who and what is the same in the feeds of one staging folder, whichever system they come from: a
// patient who moved practice, a referral that two systems know of. Private to sources.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/database.h"

namespace linkway::sources {

/// A stored row as other feeds may know it.
struct Known {
    std::int64_t record = 0;  ///< of the system's own store
    std::string_view id;      ///< of what is made of it
    std::string_view of;      ///< patient whose record it is in; rows of one are never the same
};

/// A file beside the systems' stores, attached to the one in use: both are committed together.
/// Another run may write it at the same time; it is locked from begin() to the commit.
class Identity {
  public:
    /// Attaches `path`, made when it is not there, and reads what other runs changed.
    Identity(sqlite::Database& database, const std::string& path, std::string system);
    ~Identity();
    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;

    /// Systems some of whose rows are news to them, in order; none where there is no such file.
    static text::Result<std::vector<std::string>> systems_with_news(const std::string& path);

    /// Stored rows whose same() another run changed since.
    const std::vector<std::int64_t>& news() const { return news_; }

    void begin();
    /// Enters the keys that say what a row is; none to forget it. Those that share or shared one,
    /// directly or in turn, have it as news().
    void enter(const Known& known, std::vector<std::string> keys);
    /// Ids of the rows that share a key with it, directly or in turn; its own left out; in order.
    std::vector<std::string> same(const Known& known);
    /// NHS numbers that the row had before `number`, in order; notes that it has this one (empty:
    /// none) now.
    std::vector<std::string> former_numbers(std::int64_t record, std::string_view number);
    /// What is asked in this run is no news any more.
    void end();

  private:
    struct Statements;

    std::vector<std::string> keys_of(std::int64_t record);
    void tell(const std::string& key, const Known& known);

    sqlite::Database& database_;
    std::string system_;
    std::unique_ptr<Statements> statements_;
    std::vector<std::int64_t> news_;
    std::vector<std::int64_t> entered_;
};

}  // namespace linkway::sources
