// Collections grow in the arena and leave the smaller array behind: an evaluation is short, its
// arena goes as one.
#include "fhirpath/value.h"

#include <algorithm>
#include <memory>

namespace linkway::fhirpath {

// A single item stays inside the collection: most results are one cell or one element.
Value& Collection::another(std::pmr::memory_resource& arena) {
    if (size_ >= capacity_) {
        const std::size_t capacity = std::max<std::size_t>(4, capacity_ * 2);
        auto* grown = static_cast<Value*>(arena.allocate(capacity * sizeof(Value), alignof(Value)));
        std::uninitialized_copy(begin(), end(), grown);
        many_ = grown;
        capacity_ = capacity;
    }
    // Never that of view(), whose capacity is none.
    return *std::construct_at(const_cast<Value*>(many_) + size_);  // NOLINT
}

int RecordType::find(std::string_view field) const {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name == field) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

}  // namespace linkway::fhirpath
