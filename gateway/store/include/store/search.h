// What is asked of the store: searches and histories.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/resource.h"

namespace linkway::store {

/// How a date is compared. Source: FHIR R4, Search, Prefixes.
enum class Compare : std::uint8_t {
    equal,
    not_equal,
    greater,
    less,
    greater_or_equal,
    less_or_equal,
    starts_after,
    ends_before,
};

/// One value of a criterion.
struct Wanted {
    std::optional<std::string> system;  ///< of a token; "" asks for none. Of a reference the type
    std::string value;                  ///< empty: anything of that system
    Compare compare = Compare::equal;   ///< of a date
    Instant from = 0, to = 0;           ///< of a date the first and last millisecond it may mean
};

/// A search parameter and the values of which one must fit.
struct Criterion {
    enum class Kind : std::uint8_t { id, last_updated, value, date, missing };
    Kind kind = Kind::value;
    std::string parameter;  ///< as the index has it, e.g. "subject"
    std::vector<Wanted> any_of;
    bool negated = false;  ///< :not, and of `missing` whether it must be there
};

struct SortKey {
    std::string parameter;  ///< "_id", "_lastUpdated" or a parameter of type date
    bool descending = false;
};

/// A search of one type: all criteria must hold.
struct Search {
    std::string type;
    std::vector<Criterion> all_of;
    std::optional<SortKey> sort;  ///< without, in the order in which resources came
    std::size_t count = 50;
    std::string after;  ///< Page::next of the page before; empty for the first
};

/// What a search found. Pages go on behind the last resource of the one before: what is there
/// throughout comes once, whatever is written in between.
struct Page {
    std::vector<Version> matches;
    std::string next;   ///< where the next page begins; empty when this is the last
    bool valid = true;  ///< false: `after` is none of ours
};

/// An entry of the journal.
struct Change {
    enum class Kind : std::uint8_t { created, updated, deleted };
    /// Who did it, and on what account.
    struct Origin {
        std::string agent;    ///< client id, or "intake" for an extract
        std::string request;  ///< request id, or the intake's
        Instant at = 0;
    };
    std::int64_t number = 0;  ///< counts up; some may be missing
    Kind kind = Kind::created;
    Version version;  ///< from changes_after without its json
    Origin origin;
};

struct HistoryQuery {
    std::string type, id;
    std::optional<Instant> since;
    std::size_t count = 50;
    std::int64_t before = 0;  ///< number of the last change of the page before; 0 for the first
};

}  // namespace linkway::store
