// Collections grow in the arena and leave the smaller array behind: an evaluation is short, its
// arena goes as one.
#include "fhirpath/value.h"

#include <algorithm>
#include <memory>

namespace linkway::fhirpath {

// A single item stays inside the collection: most results are one cell or one element.
void Collection::push_another(const Value& value, std::pmr::memory_resource& arena) {
    if (size_ >= capacity_) {
        const Value copy = value;  // `value` may lie in the array that is left behind
        const std::size_t capacity = std::max<std::size_t>(4, capacity_ * 2);
        auto* grown = static_cast<Value*>(arena.allocate(capacity * sizeof(Value), alignof(Value)));
        std::uninitialized_copy(begin(), end(), grown);
        std::construct_at(grown + size_, copy);
        many_ = grown;
        capacity_ = capacity;
    } else {
        // A collection that was cleared may have room but its first item outside of it.
        const Value copy = value;
        if (size_ == 1) {
            std::construct_at(many_, first_);
        }
        std::construct_at(many_ + size_, copy);
    }
    ++size_;
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
