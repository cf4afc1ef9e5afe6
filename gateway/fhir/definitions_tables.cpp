// Reads the compiled-in tables. They are made by fhir-profiles/r4/make-tables.py and tested as a
// whole, so a row is taken at its word.
#include "definitions_tables.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "embedded_tables.h"

namespace linkway::fhir {

namespace {

/// The pieces of a text between separators; pieces at the end that are missing read as empty.
class Fields {
  public:
    Fields(std::string_view text, char separator) : rest_(text), separator_(separator) {}

    std::string_view next() {
        const std::size_t end = rest_.find(separator_);
        const std::string_view field = rest_.substr(0, end);
        rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
        return field;
    }
    bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
    char separator_;
};

template <class Line>
void each_line(std::string_view table, const Line& line) {
    Fields lines(table, '\n');
    while (!lines.at_end()) {
        const std::string_view text = lines.next();
        if (!text.empty() && text.front() != '#') {
            line(Fields(text, '\t'));
        }
    }
}

TypeKind kind_of(std::string_view text) {
    return text == "primitive"  ? TypeKind::primitive
           : text == "backbone" ? TypeKind::backbone
           : text == "resource" ? TypeKind::resource
                                : TypeKind::complex;
}

/// A primitive of another name is text, whatever its form.
SystemType value_of(std::string_view primitive) {
    constexpr std::pair<std::string_view, SystemType> others[] = {
        {"boolean", SystemType::boolean},
        {"integer", SystemType::integer},
        {"positiveInt", SystemType::integer},
        {"unsignedInt", SystemType::integer},
        {"decimal", SystemType::decimal},
        {"date", SystemType::date},
        {"dateTime", SystemType::date_time},
        {"instant", SystemType::date_time},
        {"time", SystemType::time}};
    const auto* found = std::find_if(std::begin(others), std::end(others),
                                     [&](const auto& each) { return each.first == primitive; });
    return found == std::end(others) ? SystemType::string : found->second;
}

SearchType search_type_of(std::string_view text) {
    constexpr std::pair<std::string_view, SearchType> all[] = {
        {"token", SearchType::token},    {"reference", SearchType::reference},
        {"string", SearchType::string},  {"date", SearchType::date},
        {"uri", SearchType::uri},        {"quantity", SearchType::quantity},
        {"number", SearchType::number},  {"composite", SearchType::composite},
        {"special", SearchType::special}};
    const auto* found = std::find_if(std::begin(all), std::end(all),
                                     [&](const auto& each) { return each.first == text; });
    return found == std::end(all) ? SearchType::special : found->second;
}

}  // namespace

Definitions::Tables::Tables() {
    read_types();
    read_elements();
    for (std::size_t i = 0; i < types.size(); ++i) {
        inherit(i);
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        types[i].elements = elements_[i];
        types[i].names = &indexes_.emplace_back(types[i].elements, spellings_);
    }
    read_codes();
    read_invariants();
    read_searches();
}

void Definitions::Tables::read_types() {
    const std::string_view table = types_table();
    const auto lines = static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n'));
    types.reserve(lines);
    by_name.reserve(lines);
    std::vector<std::string_view> bases;
    each_line(table, [&](Fields fields) {
        TypeDefinition& type = types.emplace_back();
        type.name = fields.next();
        type.kind = kind_of(fields.next());
        type.value = type.kind == TypeKind::primitive ? value_of(type.name) : SystemType::none;
        type.place = static_cast<std::uint32_t>(types.size() - 1);
        bases.push_back(fields.next());
        type.is_abstract = fields.next() == "abstract";
        by_name.emplace(type.name, types.size() - 1);
    });
    for (std::size_t i = 0; i < types.size(); ++i) {
        list.push_back(&types[i]);
        if (const auto found = by_name.find(bases[i]); found != by_name.end()) {
            types[i].base = &types[found->second];
        }
    }
}

std::span<const TypeDefinition* const> Definitions::Tables::type_list(std::string_view names) {
    if (names.find(' ') == std::string_view::npos) {
        const auto found = by_name.find(names);
        return found == by_name.end() ? std::span<const TypeDefinition* const>{}
                                      : std::span{list}.subspan(found->second, 1);
    }
    auto& known = known_choices_[names];
    if (known.empty()) {
        auto& choice = choices_.emplace_back();
        for (Fields each(names, ' '); !each.at_end();) {
            if (const auto found = by_name.find(each.next()); found != by_name.end()) {
                choice.push_back(list[found->second]);
            }
        }
        known = choice;
    }
    return known;
}

std::span<const std::string_view> Definitions::Tables::target_list(std::string_view names) {
    if (names.empty()) {
        return {};
    }
    auto& known = known_targets_[names];
    if (known.empty()) {
        auto& targets = targets_.emplace_back();
        for (Fields each(names, ' '); !each.at_end();) {
            targets.push_back(each.next());
        }
        known = targets;
    }
    return known;
}

void Definitions::Tables::read_elements() {
    elements_.resize(types.size());
    inherited_.resize(types.size());
    each_line(elements_table(), [&](Fields fields) {
        const auto owner = by_name.find(fields.next());
        if (owner == by_name.end()) {
            return;
        }
        ElementDefinition element;
        element.name = fields.next();
        const std::string_view flags = fields.next();
        element.choice = flags.find('c') != std::string_view::npos;
        element.modifier = flags.find('m') != std::string_view::npos;
        element.summary = flags.find('s') != std::string_view::npos;
        element.required = fields.next() != "0";
        const std::string_view most = fields.next();
        element.many = most != "1" && most != "0";
        const std::span<const TypeDefinition* const> found = type_list(fields.next());
        element.types = most == "0" ? std::span<const TypeDefinition* const>{} : found;
        element.reference_targets = target_list(fields.next());
        element.required_value_set = fields.next();
        elements_[owner->second].push_back(element);
    });
}

/// Puts the elements of the base before the own ones. An own one of the same name takes the
/// inherited one's place, or removes it when the specification forbids it (maximum 0, which
/// read_elements leaves without types: Extension in xhtml).
void Definitions::Tables::inherit(std::size_t type) {
    if (inherited_[type] || types[type].base == nullptr) {
        return;
    }
    inherited_[type] = true;
    const auto base = static_cast<std::size_t>(types[type].base - types.data());
    inherit(base);
    std::vector<ElementDefinition> all = elements_[base];
    for (const ElementDefinition& own : elements_[type]) {
        const auto same = std::find_if(all.begin(), all.end(), [&](const ElementDefinition& each) {
            return each.name == own.name;
        });
        if (same == all.end()) {
            all.push_back(own);
        } else if (own.types.empty()) {
            all.erase(same);
        } else {
            *same = own;
        }
    }
    elements_[type] = std::move(all);
}

void Definitions::Tables::read_codes() {
    each_line(codes_table(), [&](Fields fields) {
        ValueSet& set = value_sets[fields.next()];
        set.open = fields.next() == "open";
        for (Fields codes(fields.next(), ' '); !codes.at_end();) {
            set.codes.push_back(codes.next());
        }
        for (Fields systems(fields.next(), ' '); !systems.at_end();) {
            set.systems.push_back(systems.next());
        }
        set.lookup.insert(set.codes.begin(), set.codes.end());
    });
}

void Definitions::Tables::read_invariants() {
    const std::string_view table = invariants_table();
    invariants_.reserve(static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n')));
    each_line(table, [&](Fields fields) {
        const auto owner = by_name.find(fields.next());
        Invariant& invariant = invariants_.emplace_back();
        invariant.key = fields.next();
        const std::string_view weight = fields.next();
        invariant.weight = weight == "error"     ? Invariant::Weight::error
                           : weight == "warning" ? Invariant::Weight::warning
                                                 : Invariant::Weight::best_practice;
        invariant.expression = fields.next();
        if (owner != by_name.end()) {
            std::span<const Invariant>& own = types[owner->second].invariants;
            own = {own.empty() ? &invariant : own.data(), own.size() + 1};
        }
    });
}

void Definitions::Tables::read_searches() {
    each_line(search_table(), [&](Fields fields) {
        std::vector<SearchParameter>& of_type = searches[fields.next()];
        SearchParameter& parameter = of_type.emplace_back();
        parameter.code = fields.next();
        parameter.type = search_type_of(fields.next());
        parameter.targets = target_list(fields.next());
        parameter.expression = fields.next();
    });
    for (const TypeDefinition& type : types) {
        if (type.kind == TypeKind::resource && !type.is_abstract) {
            std::vector<SearchParameter>& own = searches[type.name];
            for (const TypeDefinition* base = type.base; base != nullptr; base = base->base) {
                const std::vector<SearchParameter>& inherited = searches[base->name];
                own.insert(own.begin(), inherited.begin(), inherited.end());
            }
            std::sort(own.begin(), own.end(),
                      [](const auto& a, const auto& b) { return a.code < b.code; });
        }
    }
}

}  // namespace linkway::fhir
