#include <cstring>
#include <memory_resource>
#include <vector>

#include "sources/table_scan.h"

namespace linkway::sources {

namespace {

template <class Word>
std::uint64_t load(const char* data) {
    Word word = 0;
    std::memcpy(&word, data, sizeof word);
    return word;
}

/// The last bytes of a key, fewer than eight, in one word. In fixed portions, which overlap: a copy
/// of a size not known beforehand would be a call.
std::uint64_t load_rest(const char* data, std::size_t size) {
    if (size >= 4) {
        return load<std::uint32_t>(data) | load<std::uint32_t>(data + size - 4) << 32U;
    }
    if (size == 0) {
        return 0;
    }
    return load<std::uint8_t>(data) | load<std::uint8_t>(data + size / 2) << 8U |
           load<std::uint8_t>(data + size - 1) << 16U;
}

/// Multiplies and folds; keys are short and compared in full afterwards.
std::uint64_t hash_of(const char* data, std::size_t size) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15ULL;
    std::uint64_t hash = size * factor;
    for (; size >= 8; size -= 8, data += 8) {
        hash = (hash ^ load<std::uint64_t>(data)) * factor;
        hash ^= hash >> 29;
    }
    hash = (hash ^ load_rest(data, size)) * factor;
    return hash ^ (hash >> 32);
}

}  // namespace

/// Open addressing over 16-byte slots; a small bitmap in front, which stays in the nearest cache,
/// turns most strangers away.
struct KeySet::Impl {
    struct Slot {
        const char* key = nullptr;
        std::uint32_t size = 0;
        std::uint32_t tag = 0;
    };
    static constexpr std::size_t filter_bits = std::size_t{1} << 15;

    std::pmr::monotonic_buffer_resource arena;
    std::vector<Slot> slots = std::vector<Slot>(64);
    std::vector<std::uint64_t> filter = std::vector<std::uint64_t>(filter_bits / 64);
    std::size_t count = 0;

    std::size_t place(std::string_view key, std::uint64_t hash) const {
        const std::size_t mask = slots.size() - 1;
        std::size_t at = (hash >> 16) & mask;
        const auto tag = static_cast<std::uint32_t>(hash);
        while (slots[at].key != nullptr &&
               (slots[at].tag != tag || std::string_view(slots[at].key, slots[at].size) != key)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    void grow() {
        std::vector<Slot> old(slots.size() * 2);
        old.swap(slots);
        for (const Slot& slot : old) {
            if (slot.key != nullptr) {
                slots[place({slot.key, slot.size}, hash_of(slot.key, slot.size))] = slot;
            }
        }
    }
};

KeySet::KeySet() : impl_(std::make_unique<Impl>()) {}
KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;
KeySet& KeySet::operator=(KeySet&&) noexcept = default;

void KeySet::insert(std::string_view key) {
    const std::uint64_t hash = hash_of(key.data(), key.size());
    std::size_t at = impl_->place(key, hash);
    if (impl_->slots[at].key != nullptr) {
        return;
    }
    if (++impl_->count * 10 > impl_->slots.size() * 7) {
        impl_->grow();
        at = impl_->place(key, hash);
    }
    char* copy = static_cast<char*>(impl_->arena.allocate(key.size() + 1, 1));
    key.copy(copy, key.size());
    impl_->slots[at] = {copy, static_cast<std::uint32_t>(key.size()),
                        static_cast<std::uint32_t>(hash)};
    const std::size_t bit = hash >> 49;
    impl_->filter[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

bool KeySet::contains(std::string_view key) const {
    const std::uint64_t hash = hash_of(key.data(), key.size());
    const std::size_t bit = hash >> 49;
    if ((impl_->filter[bit / 64] >> (bit % 64) & 1U) == 0) {
        return false;
    }
    return impl_->slots[impl_->place(key, hash)].key != nullptr;
}

std::size_t KeySet::size() const {
    return impl_->count;
}

}  // namespace linkway::sources
