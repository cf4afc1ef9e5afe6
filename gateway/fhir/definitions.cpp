#include "fhir/definitions.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>

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

}  // namespace

struct Definitions::Tables {
    std::deque<TypeDefinition> types;
    std::vector<const TypeDefinition*> list;
    std::unordered_map<std::string_view, TypeDefinition*> by_name;
    std::unordered_map<std::string_view, std::vector<ElementDefinition>> elements;
    // What the spans of elements point into; deques, so that nothing moves.
    std::deque<std::vector<const TypeDefinition*>> type_lists;
    std::deque<std::vector<std::string_view>> target_lists;
    struct ValueSet {
        bool open = false;
        std::vector<std::string_view> codes;
        std::unordered_set<std::string_view> lookup;
    };
    std::unordered_map<std::string_view, ValueSet> value_sets;

    void read_types();
    void read_elements();
    void read_codes();
};

void Definitions::Tables::read_types() {
    std::vector<std::pair<TypeDefinition*, std::string_view>> bases;
    each_line(types_table(), [&](Fields fields) {
        TypeDefinition& type = types.emplace_back();
        type.name = fields.next();
        type.kind = kind_of(fields.next());
        bases.emplace_back(&type, fields.next());
        type.is_abstract = fields.next() == "abstract";
        by_name.emplace(type.name, &type);
        list.push_back(&type);
    });
    for (const auto& [type, base] : bases) {
        if (const auto found = by_name.find(base); found != by_name.end()) {
            type->base = found->second;
        }
    }
}

void Definitions::Tables::read_elements() {
    each_line(elements_table(), [&](Fields fields) {
        std::vector<ElementDefinition>& owned = elements[fields.next()];
        ElementDefinition element;
        element.name = fields.next();
        const std::string_view flags = fields.next();
        element.choice = flags.find('c') != std::string_view::npos;
        element.modifier = flags.find('m') != std::string_view::npos;
        element.summary = flags.find('s') != std::string_view::npos;
        element.required = fields.next() != "0";
        const std::string_view max = fields.next();
        element.many = max != "1" && max != "0";
        std::vector<const TypeDefinition*>& found = type_lists.emplace_back();
        for (Fields names(fields.next(), ' '); !names.at_end();) {
            if (const auto type = by_name.find(names.next()); type != by_name.end()) {
                found.push_back(type->second);
            }
        }
        std::vector<std::string_view>& targets = target_lists.emplace_back();
        for (Fields names(fields.next(), ' '); !names.at_end();) {
            targets.push_back(names.next());
        }
        element.types = found;
        element.reference_targets = targets;
        element.required_value_set = fields.next();
        owned.push_back(element);
    });
    for (TypeDefinition& type : types) {
        type.elements = elements[type.name];
    }
}

void Definitions::Tables::read_codes() {
    each_line(codes_table(), [&](Fields fields) {
        ValueSet& set = value_sets[fields.next()];
        set.open = fields.next() == "open";
        for (Fields codes(fields.next(), ' '); !codes.at_end();) {
            set.codes.push_back(codes.next());
        }
        set.lookup.insert(set.codes.begin(), set.codes.end());
    });
}

Definitions::Definitions() : tables_(std::make_unique<Tables>()) {
    tables_->read_types();
    tables_->read_elements();
    tables_->read_codes();
}

Definitions::~Definitions() = default;

const Definitions& Definitions::r4() {
    static const Definitions definitions;
    return definitions;
}

const TypeDefinition* Definitions::type(std::string_view name) const {
    const auto found = tables_->by_name.find(name);
    return found == tables_->by_name.end() ? nullptr : found->second;
}

std::span<const TypeDefinition* const> Definitions::types() const { return tables_->list; }

std::optional<bool> Definitions::has_code(std::string_view value_set, std::string_view code) const {
    const auto found = tables_->value_sets.find(value_set);
    if (found == tables_->value_sets.end() || found->second.open) {
        return {};
    }
    return found->second.lookup.count(code) != 0;
}

std::vector<std::string_view> Definitions::codes(std::string_view value_set) const {
    const auto found = tables_->value_sets.find(value_set);
    return found == tables_->value_sets.end() ? std::vector<std::string_view>{} : found->second.codes;
}

const TypeDefinition* TypeDefinition::element_type(const ElementDefinition& element, std::string_view json_name) const {
    if (!element.choice) {
        return element.types.empty() ? nullptr : element.types.front();
    }
    const std::string_view suffix = json_name.substr(std::min(element.name.size(), json_name.size()));
    for (const TypeDefinition* type : element.types) {
        const bool same = suffix.size() == type->name.size() &&
                          suffix.front() == std::toupper(static_cast<unsigned char>(type->name.front())) &&
                          suffix.substr(1) == type->name.substr(1);
        if (same) {
            return type;
        }
    }
    return nullptr;
}

const ElementDefinition* TypeDefinition::element(std::string_view json_name) const {
    for (const ElementDefinition& each : elements) {
        if (!each.choice && each.name == json_name) {
            return &each;
        }
        if (each.choice && json_name.size() > each.name.size() && json_name.starts_with(each.name) &&
            element_type(each, json_name) != nullptr) {
            return &each;
        }
    }
    return nullptr;
}

bool TypeDefinition::is_a(std::string_view ancestor) const {
    for (const TypeDefinition* type = this; type != nullptr; type = type->base) {
        if (type->name == ancestor) {
            return true;
        }
    }
    return false;
}

}  // namespace linkway::fhir
