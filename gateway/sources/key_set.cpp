#include <algorithm>
#include <array>
#include <cstring>
#include <memory_resource>
#include <vector>

#include "sources/table_scan.h"

namespace linkway::sources {

namespace {

constexpr std::size_t short_key = 16;  // bytes that fit into two words

template <class Word>
std::uint64_t load(const char* data) {
    Word word = 0;
    std::memcpy(&word, data, sizeof word);
    return word;
}

/// A key in two words: a short one whole (with its size, no two are alike), of a longer one its
/// place.
struct Packed {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::uint64_t hash = 0;
};

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15ULL;
    hash = (hash ^ word) * factor;
    return hash ^ (hash >> 32U);
}

/// Reads in fixed portions, which may overlap: a copy of a size not known beforehand would be a
/// call.
Packed pack(std::string_view key) {
    Packed packed;
    const char* const data = key.data();
    const std::size_t size = key.size();
    if (size > short_key) {
        packed.first = reinterpret_cast<std::uintptr_t>(data);
        packed.hash = mix(size, load<std::uint64_t>(data + size - 8));
        for (std::size_t at = 0; at + 8 < size; at += 8) {
            packed.hash = mix(packed.hash, load<std::uint64_t>(data + at));
        }
        packed.second = packed.hash;
        return packed;
    }
    if (size >= 8) {
        packed.first = load<std::uint64_t>(data);
        packed.second = load<std::uint64_t>(data + size - 8);
    } else if (size >= 4) {
        packed.first = load<std::uint32_t>(data);
        packed.second = load<std::uint32_t>(data + size - 4);
    } else if (size > 0) {
        packed.first = load<std::uint8_t>(data) | load<std::uint8_t>(data + size / 2) << 8U |
                       load<std::uint8_t>(data + size - 1) << 16U;
    }
    packed.hash = mix(mix(size, packed.first), packed.second);
    return packed;
}

}  // namespace

/// Open addressing. Short keys, code ids among them, stand in the slots: a look-up in a set of a
/// million costs one miss of the cache. A small bitmap in front, which stays in the nearest cache,
/// turns most strangers away from a small set.
struct KeySet::Impl {
    struct Slot {
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        std::uint64_t size_and_one = 0;  // 0: free
    };
    static constexpr std::size_t filter_bits = std::size_t{1} << 15;
    static constexpr std::size_t filtered_keys = filter_bits / 4;  // more, and it lets most through

    std::pmr::monotonic_buffer_resource arena;
    std::vector<Slot> slots = std::vector<Slot>(64);
    std::vector<std::uint64_t> filter = std::vector<std::uint64_t>(filter_bits / 64);
    std::size_t count = 0;

    static std::string_view long_key(const Slot& slot) {
        // Points into the arena, or to the key that is looked for.
        return {reinterpret_cast<const char*>(slot.first),  // NOLINT(performance-no-int-to-ptr)
                static_cast<std::size_t>(slot.size_and_one - 1)};
    }

    static bool is_same(const Slot& slot, std::string_view key, const Packed& packed) {
        if (slot.size_and_one != key.size() + 1 || slot.second != packed.second) {
            return false;
        }
        return key.size() <= short_key ? slot.first == packed.first : long_key(slot) == key;
    }

    std::size_t home(const Packed& packed) const {
        return (packed.hash >> 16U) & (slots.size() - 1);
    }

    /// False for most keys that are not in a small set.
    bool may_hold(const Packed& packed) const {
        const std::size_t bit = packed.hash >> 49U;
        return count > filtered_keys || (filter[bit / 64] >> (bit % 64) & 1U) != 0;
    }

    bool holds(std::string_view key, const Packed& packed) const {
        return slots[place(key, packed)].size_and_one != 0;
    }

    /// The slot that holds the key, or the free one where it belongs.
    std::size_t place(std::string_view key, const Packed& packed) const {
        const std::size_t mask = slots.size() - 1;
        std::size_t at = home(packed);
        while (slots[at].size_and_one != 0 && !is_same(slots[at], key, packed)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    void grow() {
        std::vector<Slot> old(slots.size() * 2);
        old.swap(slots);
        const std::size_t mask = slots.size() - 1;
        for (const Slot& slot : old) {
            if (slot.size_and_one == 0) {
                continue;
            }
            const std::uint64_t size = slot.size_and_one - 1;
            const std::uint64_t hash =
                size > short_key ? slot.second : mix(mix(size, slot.first), slot.second);
            std::size_t at = (hash >> 16U) & mask;
            while (slots[at].size_and_one != 0) {
                at = (at + 1) & mask;
            }
            slots[at] = slot;
        }
    }
};

KeySet::KeySet() : impl_(std::make_unique<Impl>()) {}
KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;
KeySet& KeySet::operator=(KeySet&&) noexcept = default;

void KeySet::insert(std::string_view key) {
    Packed packed = pack(key);
    std::size_t at = impl_->place(key, packed);
    if (impl_->slots[at].size_and_one != 0) {
        return;
    }
    if (++impl_->count * 10 > impl_->slots.size() * 7) {
        impl_->grow();
        at = impl_->place(key, packed);
    }
    if (key.size() > short_key) {
        char* const copy = static_cast<char*>(impl_->arena.allocate(key.size(), 1));
        key.copy(copy, key.size());
        packed.first = reinterpret_cast<std::uintptr_t>(copy);
    }
    impl_->slots[at] = {packed.first, packed.second, key.size() + 1};
    const std::size_t bit = packed.hash >> 49U;
    impl_->filter[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

bool KeySet::contains(std::string_view key) const {
    const Packed packed = pack(key);
    return impl_->may_hold(packed) && impl_->holds(key, packed);
}

void KeySet::find(std::span<const std::string_view> keys, std::span<std::uint8_t> found) const {
    constexpr std::size_t at_a_time = 16;
    std::array<Packed, at_a_time> packed;
    for (std::size_t first = 0; first < keys.size(); first += at_a_time) {
        const std::size_t size = std::min(at_a_time, keys.size() - first);
        for (std::size_t i = 0; i < size; ++i) {
            packed[i] = pack(keys[first + i]);
            found[first + i] = impl_->may_hold(packed[i]) ? 1 : 0;
            if (found[first + i] != 0) {
                __builtin_prefetch(&impl_->slots[impl_->home(packed[i])]);
            }
        }
        for (std::size_t i = 0; i < size; ++i) {
            if (found[first + i] != 0) {
                found[first + i] = impl_->holds(keys[first + i], packed[i]) ? 1 : 0;
            }
        }
    }
}

std::size_t KeySet::size() const {
    return impl_->count;
}

}  // namespace linkway::sources
