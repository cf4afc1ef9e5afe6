// One connection to the store's file, with the statements and names it has met. Private to store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/database.h"
#include "store/resource.h"

namespace linkway::store {

/// Text that stands in many rows (types, parameters, systems, ods codes) has a number in them.
using Name = std::int64_t;

/// Who sees a resource that is nobody's: an entry of a directory. No text has this number.
inline constexpr Name everyone = -1;

class Connection {
  public:
    explicit Connection(std::unique_ptr<sqlite::Database> database)
        : database_(std::move(database)) {}

    sqlite::Database& database() { return *database_; }

    /// The statement of that text, prepared once. It may be in use further up: then `sql` must
    /// differ.
    sqlite::Statement& statement(std::string_view sql) { return prepared(statements_, sql); }
    /// The same for text made for a search. Those who ask for ever new ones must not fill the
    /// memory, so it is valid until the next one only.
    sqlite::Statement& search_statement(std::string_view sql);

    /// The number of a text, 0 when it has none.
    Name name(std::string_view text);
    /// The number of a text, which gets one when it has none. Of the writer only.
    Name name_for(std::string_view text);
    std::string text_of(Name name);

    /// How many names were given so far: whether a piece of work gave any.
    std::size_t names_given() const { return names_given_; }
    /// Forgets them all, after some were rolled back.
    void forget_names();

  private:
    using Statements = std::map<std::string, std::unique_ptr<sqlite::Statement>, std::less<>>;
    sqlite::Statement& prepared(Statements& among, std::string_view sql);

    std::unique_ptr<sqlite::Database> database_;
    Statements statements_;
    Statements search_statements_;
    std::map<std::string, Name, std::less<>> names_;
    std::map<Name, std::string> texts_;
    std::size_t names_given_ = 0;
};

/// A resource's row.
struct Row {
    std::int64_t number = 0;
    std::int64_t version = 0;
    Instant updated = 0;
    bool deleted = false;
    Name practice = 0;
    std::string json;  ///< without versionId and lastUpdated
};

/// The row of a resource, whoever sees it; false when there is none.
bool find_row(Connection& connection, const Key& key, Row& row);

/// The numbers of a Reach's ods codes, those that stand in no row left out.
std::vector<Name> numbers_of(Connection& connection, const Reach& reach);

/// Whether one of `ods` may see the resource.
bool within(Connection& connection, const Reach& reach, const std::vector<Name>& ods,
            std::int64_t number, Name practice);

/// Condition in SQL that a resource r is within reach; begins with " AND " unless it is empty.
std::string reach_condition(const Reach& reach, const std::vector<Name>& ods);

/// The text of a version as it is given out.
std::string with_meta(const Key& key, std::string_view json, std::int64_t version, Instant updated);

}  // namespace linkway::store
