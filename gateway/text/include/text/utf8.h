// Bytes to UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace linkway::text {

/// True when every byte belongs to a well-formed UTF-8 sequence (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

/// Length of the longest prefix that is well-formed: the offset of the first bad byte, or the size
/// when there is none.
std::size_t utf8_prefix(std::string_view bytes);

/// Appends Windows-1252 bytes as UTF-8; the five bytes that code page leaves undefined become
/// U+FFFD. Returns how many did.
std::size_t append_windows_1252(std::string& out, std::string_view bytes);

}  // namespace linkway::text
