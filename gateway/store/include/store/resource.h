// A resource as the store takes and gives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "text/issue.h"
#include "text/node.h"

namespace linkway::store {

/// Milliseconds since 1970-01-01T00:00:00Z.
using Instant = std::int64_t;

struct Key {
    std::string type;
    std::string id;

    friend bool operator==(const Key&, const Key&) = default;
    friend bool operator<(const Key& a, const Key& b) {
        return std::tie(a.type, a.id) < std::tie(b.type, b.id);
    }
};

/// Of a reference "Type/id", perhaps with "/_history/n"; nothing for any other.
std::optional<Key> local_key(std::string_view reference);

/// Whose resources may be seen: those of practices and those that were addressed to providers, by
/// ods code. The gateway itself sees everything.
struct Reach {
    bool everything = false;
    std::vector<std::string> ods;

    static Reach all() { return {true, {}}; }
};

/// A value that a resource is found by.
struct IndexEntry {
    std::string_view parameter;  ///< code of the SearchParameter, e.g. "status"
    bool is_date = false;
    std::string system;        ///< of a token its system, of a reference the type it points to
    std::string value;         ///< code, value, id or url
    Instant from = 0, to = 0;  ///< of a date the first and last millisecond it may mean

    friend bool operator==(const IndexEntry& a, const IndexEntry& b) {
        return std::tie(a.parameter, a.is_date, a.system, a.value, a.from, a.to) ==
               std::tie(b.parameter, b.is_date, b.system, b.value, b.from, b.to);
    }
};

/// A resource with all that can be worked out about it before a transaction begins.
struct Prepared {
    Key key;
    /// Compact JSON that begins {"resourceType":"Task","id":"...","meta":{...}; without
    /// meta.versionId and meta.lastUpdated, which the store gives.
    std::string json;
    std::vector<IndexEntry> index;  ///< sorted, none twice
    std::vector<Key> references;    ///< to resources of this server, none twice

    // Of those, what matters for who sees what (rules: tenancy.h).
    std::vector<Key> shared;      ///< who sees this resource also sees that one
    std::vector<Key> follows;     ///< who sees that one also sees this resource
    std::vector<Key> patients;    ///< whose practice sees this resource
    std::vector<Key> practices;   ///< organisation that is the practice of this patient
    std::vector<Key> providers;   ///< organisation, or one of its people, it is addressed to
    std::vector<Key> belongs_to;  ///< organisation of this person or service
    // The same by ods code, where a reference has an identifier or the resource is the
    // organisation.
    std::vector<std::string> practice_ods;
    std::vector<std::string> provider_ods;
    std::vector<std::string> own_ods;
};

/// Prepares a valid resource. Its id is `id`; members stay as they are, but for resourceType, id
/// and meta, which come first, and meta.versionId and meta.lastUpdated, which go. Values of the
/// search parameters come from their FHIRPath expressions in the R4 definitions. Issue: a value
/// that a search parameter cannot take (never for a resource that passed validation).
text::Result<Prepared> prepare(const text::Node& resource, std::string_view id);

/// A version of a resource.
struct Version {
    Key key;
    std::int64_t version = 0;
    Instant updated = 0;
    bool deleted = false;
    std::string json;  ///< with meta.versionId and meta.lastUpdated; empty for a deletion
};

/// What put and remove did.
struct Written {
    Key key;
    std::int64_t version = 0;  ///< the current one, whether made now or before; 0 for none
    Instant updated = 0;
    bool changed = false;
    bool created = false;  ///< there was none, or a deleted one
};

/// "2026-11-23T17:05:28.123Z", the form of meta.lastUpdated.
std::string to_instant(Instant at);

}  // namespace linkway::store
