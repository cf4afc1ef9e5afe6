// What a search asks for, read from its parameters.
//
// Understood: every parameter of store/searchable.h, _id and _lastUpdated, with :missing, :not
// (tokens), :identifier and :[type] (references); _sort by _id, _lastUpdated or a date; _count,
// _total, _include, _revinclude; _summary=count; _format and _pretty are let pass. A parameter that
// is not known is an error, since to leave a filter out would give more than was asked for; with
// Prefer: handling=lenient it is left out and reported.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/search.h"
#include "text/issue.h"

namespace linkway::store {

/// Name and value as they were asked, decoded.
struct Parameter {
    std::string name;
    std::string value;
};
using Parameters = std::vector<Parameter>;

/// _include: what resources of `type` found refer to by `parameter`; _revinclude: resources of
/// `type` that refer by `parameter` to those found.
struct Include {
    std::string type;
    std::string parameter;
    std::string target;  ///< only this type; empty for any
};

struct SearchRequest {
    Search search;
    std::vector<Include> includes, revincludes;
    bool count_only = false;  ///< _summary=count
    bool total = false;       ///< _total=accurate
    text::Issues ignored;     ///< of a lenient search: what was left out
};

inline constexpr std::size_t default_count = 50;
inline constexpr std::size_t most_count = 500;
inline constexpr std::size_t most_values = 500;   ///< of all parameters together
inline constexpr std::size_t most_includes = 20;  ///< _include and _revinclude

/// `base` is the address of the FHIR API, so that references written in full are known. Every
/// mistake is an issue of its own, with the parameter's name in Location::field and never its
/// value.
std::optional<SearchRequest> read_search(std::string_view type, const Parameters& parameters,
                                         std::string_view base, bool lenient, text::Issues& issues);

}  // namespace linkway::store
