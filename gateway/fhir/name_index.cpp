#include "name_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

namespace linkway::fhir {

namespace {

/// Over the length and the first and last eight letters: the names of one type differ in these.
std::uint32_t hash_of(std::string_view name) {
    if (name.empty()) {
        return 0;
    }
    constexpr std::size_t word = sizeof(std::uint64_t);
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::memcpy(&first, name.data(), std::min(word, name.size()));
    if (name.size() > word) {
        std::memcpy(&last, name.data() + name.size() - word, word);
    }
    const std::uint64_t mixed = (first ^ std::rotl(last, 29) ^ name.size()) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::uint32_t>(mixed >> 32);
}

char capital(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

NameIndex::NameIndex(std::span<const ElementDefinition> elements) : elements_(elements) {
    std::size_t count = 0;
    for (const ElementDefinition& each : elements) {
        count += each.choice ? each.types.size() + 1 : 1;
    }
    slots_.resize(std::bit_ceil(2 * count + 1));
    std::string name;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        add(elements[i].name, i + 1, 0);
        for (std::size_t k = 0; elements[i].choice && k < elements[i].types.size(); ++k) {
            const std::string_view type = elements[i].types[k]->name;
            name.assign(elements[i].name) += capital(type.front());
            add(name += type.substr(1), i + 1, k + 1);
        }
    }
}

void NameIndex::add(std::string_view name, std::size_t element, std::size_t type) {
    const std::uint32_t hash = hash_of(name);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].element != 0) {
        at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = {hash, static_cast<std::uint16_t>(element), static_cast<std::uint16_t>(type)};
}

bool NameIndex::spells(const Slot& slot, std::string_view name) const {
    const ElementDefinition& element = elements_[slot.element - 1U];
    if (slot.type == 0) {
        return name == element.name;
    }
    const std::string_view type = element.types[slot.type - 1U]->name;
    const std::size_t split = element.name.size();
    return name.size() == split + type.size() && name.starts_with(element.name) &&
           name[split] == capital(type.front()) && name.substr(split + 1) == type.substr(1);
}

const NameIndex::Slot* NameIndex::find(std::string_view name) const {
    const std::uint32_t hash = hash_of(name);
    for (std::size_t at = hash & (slots_.size() - 1); slots_[at].element != 0;
         at = (at + 1) & (slots_.size() - 1)) {
        if (slots_[at].hash == hash && spells(slots_[at], name)) {
            return &slots_[at];
        }
    }
    return nullptr;
}

}  // namespace linkway::fhir
