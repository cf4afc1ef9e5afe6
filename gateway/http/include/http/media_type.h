// Content-Type and Accept (RFC 9110, sections 8.3 and 12.5.1).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/issue.h"

namespace linkway::http {

/// "application/fhir+json; charset=utf-8": types and parameter names in lower case, values as they
/// were written, unquoted. Of a range, type or both may be "*".
struct MediaType {
    std::string type;
    std::string subtype;
    std::vector<std::pair<std::string, std::string>> parameters;

    /// Value of that parameter (name in lower case), or empty.
    std::string_view parameter(std::string_view name) const;

    friend bool operator==(const MediaType&, const MediaType&) = default;
};

struct MediaRange {
    MediaType type;
    int quality = 1000;  ///< q in thousandths; 0: not acceptable

    friend bool operator==(const MediaRange&, const MediaRange&) = default;
};

/// The value of a Content-Type header. Issue: it is not one media type.
text::Result<MediaType> parse_media_type(std::string_view value);

/// The value of an Accept header, in its order; an empty one is "*/*". Issue: it is no list of
/// media ranges.
text::Result<std::vector<MediaRange>> parse_accept(std::string_view value);

/// How welcome a type is, in thousandths, by the range that names it most closely: with all of the
/// range's parameters, by type and subtype, by type, by "*/*". 0 when no range names it.
int quality_of(const MediaType& offered, const std::vector<MediaRange>& accepted);

}  // namespace linkway::http
