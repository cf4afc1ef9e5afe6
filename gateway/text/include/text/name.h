// Names of members, made quick to find: a tag tells most names apart in one look at eight of them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace linkway::text {

/// Bytes as a number, the first the lowest, on any machine.
template <class Word>
std::uint64_t little_endian(const char* bytes) {
    Word word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) {
        return sizeof(Word) == 8 ? __builtin_bswap64(word)
                                 : __builtin_bswap32(static_cast<std::uint32_t>(word));
    }
    return word;
}

/// The first eight bytes of a name, zeros behind a shorter one.
inline std::uint64_t first_word(std::string_view name) {
    const char* bytes = name.data();
    const std::size_t size = name.size();
    if (size >= 8) {
        return little_endian<std::uint64_t>(bytes);
    }
    if (size >= 4) {  // two halves that may overlap
        return little_endian<std::uint32_t>(bytes) | little_endian<std::uint32_t>(bytes + size - 4)
                                                         << (8 * (size - 4));
    }
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < size; ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return word;
}

/// Whether two names are equal, without the call that is dearer than to see it.
inline bool same_name(std::string_view a, std::string_view b) {
    if (a.size() != b.size() || first_word(a) != first_word(b)) {
        return false;
    }
    for (std::size_t i = 8; i < a.size(); i += 8) {
        const std::size_t at = i + 8 <= a.size() ? i : a.size() - 8;  // the last may overlap
        if (little_endian<std::uint64_t>(a.data() + at) !=
            little_endian<std::uint64_t>(b.data() + at)) {
            return false;
        }
    }
    return true;
}

/// Seven bits of the letters before the first capital (eight at most), the high bit always set. An
/// underscore in front does not count. So FHIR's choices and the siblings of primitives have the
/// tag of their element: value, valueQuantity and _valueString are alike.
inline std::uint8_t tag_of(std::string_view name) {
    if (!name.empty() && name.front() == '_') {
        name.remove_prefix(1);
    }
    std::uint64_t word = first_word(name);
    // Capitals are the bytes with the bit 0x40 and without 0x20; digits have neither.
    const std::uint64_t capitals =
        word & ~(word << 1U) & 0x4040404040404000ULL;  // the first letter always counts
    if (capitals != 0) {
        word &= ((capitals & (~capitals + 1)) >> 6U) - 1;
    }
    return static_cast<std::uint8_t>(0x80U | (word * 0x9E3779B97F4A7C15ULL) >> 57U);
}

/// A name to look for, made once for many objects.
class Name {
  public:
    Name() = default;
    explicit Name(std::string_view text) : text_(text), tag_(tag_of(text)) {}

    std::string_view text() const { return text_; }
    std::uint8_t tag() const { return tag_; }

  private:
    std::string_view text_;  // outlives it
    std::uint8_t tag_ = 0;
};

}  // namespace linkway::text
