#include "name_index.h"

#include <algorithm>
#include <bit>

#include "text/name.h"

namespace linkway::fhir {

namespace {

/// Over the length and the first and last eight letters: the names of one type differ in these.
std::uint32_t hash_of(std::string_view name) {
    constexpr std::size_t word = sizeof(std::uint64_t);
    const std::uint64_t first = text::first_word(name);
    const std::uint64_t last =
        name.size() > word ? text::first_word(name.substr(name.size() - word)) : 0;
    const std::uint64_t mixed = (first ^ std::rotl(last, 29) ^ name.size()) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::uint32_t>(mixed >> 32);
}

char capital(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// "valueString" of value[x] and string.
std::string_view spelling(std::string_view element, std::string_view type,
                          std::pmr::memory_resource& names) {
    const std::size_t size = element.size() + type.size();
    char* made = static_cast<char*>(names.allocate(size, 1));
    char* end = std::copy(element.begin(), element.end(), made);
    std::copy(type.begin(), type.end(), end);
    *end = capital(*end);
    return {made, size};
}

}  // namespace

NameIndex::NameIndex(std::span<const ElementDefinition> elements,
                     std::pmr::memory_resource& names) {
    std::size_t count = 0;
    for (const ElementDefinition& each : elements) {
        count += each.choice ? each.types.size() + 1 : 1;
    }
    children_.reserve(count);
    slots_.resize(std::bit_ceil(2 * count + 1));
    for (const ElementDefinition& each : elements) {
        const bool typed = !each.choice && !each.types.empty();
        add({each.name, &each, typed ? each.types.front() : nullptr});
        for (std::size_t k = 0; each.choice && k < each.types.size(); ++k) {
            add({spelling(each.name, each.types[k]->name, names), &each, each.types[k]});
        }
    }
}

void NameIndex::add(const Child& child) {
    const std::uint32_t hash = hash_of(child.name);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].child != 0) {
        at = (at + 1) & (slots_.size() - 1);
    }
    children_.push_back(child);
    slots_[at] = {hash, static_cast<std::uint32_t>(children_.size())};
}

const Child* NameIndex::find(std::string_view name) const {
    const std::uint32_t hash = hash_of(name);
    for (std::size_t at = hash & (slots_.size() - 1); slots_[at].child != 0;
         at = (at + 1) & (slots_.size() - 1)) {
        if (slots_[at].hash == hash) {
            const Child& child = children_[slots_[at].child - 1];
            if (text::same_name(child.name, name)) {
                return &child;
            }
        }
    }
    return nullptr;
}

}  // namespace linkway::fhir
