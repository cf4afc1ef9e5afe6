#include "name_table.h"

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>

#include "text/name.h"

namespace linkway::text {

namespace {

/// FHIR R4 has some two thousand names of elements, a document a few dozen of them. One that finds
/// its place taken by another stays where it was.
constexpr std::size_t places = 4096;
constexpr std::size_t longest = 64;
constexpr std::size_t room_bytes = std::size_t{128} << 10U;

struct Entry {
    std::size_t size = 0;  // the letters follow
    const char* letters() const { return reinterpret_cast<const char*>(this + 1); }
};

class NameTable {
  public:
    std::string_view find(std::string_view name) {
        const std::uint64_t word = first_word(name) ^ (std::uint64_t{name.size()} << 56U) ^
                                   (name.size() > 8 ? first_word(name.substr(name.size() - 8)) : 0);
        std::atomic<const Entry*>& place =
            entries_[static_cast<std::size_t>((word * 0x9E3779B97F4A7C15ULL) >> 52U)];
        const Entry* entry = place.load(std::memory_order_acquire);
        if (entry == nullptr) {
            entry = add(place, name);
        }
        if (entry == nullptr || entry->size != name.size()) {
            return name;
        }
        const std::string_view known(entry->letters(), entry->size);
        return same_name(known, name) ? known : name;
    }

  private:
    const Entry* add(std::atomic<const Entry*>& place, std::string_view name) {
        const std::lock_guard lock(mutex_);
        const std::size_t bytes = (sizeof(Entry) + name.size() + 7) / 8 * 8;
        if (place.load(std::memory_order_relaxed) == nullptr && used_ + bytes <= room_.size()) {
            auto* entry = new (room_.data() + used_) Entry{name.size()};
            std::memcpy(entry + 1, name.data(), name.size());
            used_ += bytes;
            place.store(entry, std::memory_order_release);
        }
        return place.load(std::memory_order_relaxed);
    }

    std::array<std::atomic<const Entry*>, places> entries_{};
    std::mutex mutex_;
    std::size_t used_ = 0;
    alignas(Entry) std::array<char, room_bytes> room_{};
};
static_assert(places == std::size_t{1} << (64 - 52));

}  // namespace

std::string_view well_known(std::string_view name) {
    static NameTable table;
    return name.empty() || name.size() > longest ? name : table.find(name);
}

}  // namespace linkway::text
