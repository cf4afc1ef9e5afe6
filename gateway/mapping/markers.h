// The marks of expressions inside text: {{ }}, {[ ]}, {% %}. Private to mapping.
#pragma once

#include <string>
#include <string_view>

namespace linkway::mapping {

/// Without the blanks and line ends around it.
std::string_view trim(std::string_view text);

/// Position of `close` that ends a marker opened before `from`, skipping FHIRPath strings and
/// comments; npos when there is none.
std::size_t marker_end(std::string_view text, std::size_t from, std::string_view close);

/// The text with one blank just inside each marker; what stands between is not touched.
std::string with_even_markers(std::string_view text);

}  // namespace linkway::mapping
