// UTF-8 as code points, and their case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace linkway::fhirpath {

/// Appends one code point (below 0x110000, no surrogate).
void append_utf8(std::string& out, std::uint32_t code);

/// Reads the code point at `at` and moves `at` behind it. A byte that starts none stands for
/// itself, so that any input ends.
std::uint32_t next_code_point(std::string_view text, std::size_t& at);

/// Number of code points.
std::size_t code_points(std::string_view text);

/// Byte offset of the code point with that index, or the size of the text when there are no more.
std::size_t byte_offset(std::string_view text, std::size_t index);

/// Upper or lower case of one code point: Latin, Greek, Cyrillic and Armenian letters that map to
/// one letter; everything else stays (ß has no single capital).
std::uint32_t to_upper(std::uint32_t code);
std::uint32_t to_lower(std::uint32_t code);

/// Blank in the sense of trim() and of string equivalence.
bool is_space(std::uint32_t code);

}  // namespace linkway::fhirpath
