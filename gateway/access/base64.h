// Base64 in the two alphabets (RFC 4648).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace linkway::access {

/// Letters of base64url, without padding: tokens and links.
std::string to_base64url(std::string_view bytes);

/// Strict: no padding, no foreign letters or line breaks, and the bits to spare in the last letter
/// are zero, so that a value is written in one way only. Nothing for any other text.
std::optional<std::string> from_base64url(std::string_view text);

/// With + and / and padding: FHIR's base64Binary.
std::string to_base64(std::string_view bytes);

}  // namespace linkway::access
