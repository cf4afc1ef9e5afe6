// System types are written with a capital (String), FHIR types as FHIR does (string); without a
// namespace both are looked for.
#include "types.h"

#include <algorithm>
#include <array>
#include <memory>

#include "navigate.h"

namespace linkway::fhirpath {

namespace {

struct SystemType {
    ValueKind kind;
    std::string_view name;
};

constexpr std::array<SystemType, 8> system_types = {{{ValueKind::boolean, "Boolean"},
                                                     {ValueKind::integer, "Integer"},
                                                     {ValueKind::decimal, "Decimal"},
                                                     {ValueKind::string, "String"},
                                                     {ValueKind::date, "Date"},
                                                     {ValueKind::date_time, "DateTime"},
                                                     {ValueKind::time, "Time"},
                                                     {ValueKind::quantity, "Quantity"}}};

const RecordType& info_type() {
    static const RecordType type = [] {
        RecordType made;
        made.name = "TypeInfo";
        made.fields.push_back({"namespace", ValueKind::string, nullptr, false});
        made.fields.push_back({"name", ValueKind::string, nullptr, false});
        return made;
    }();
    return type;
}

/// Holds views only, so that it may vanish with the arena.
class TypeInfo final : public Record {
  public:
    TypeInfo(std::string_view space, std::string_view name)
        : Record(info_type()), space_(space), name_(name) {}

    void field(std::size_t index, Collection& out,
               std::pmr::memory_resource& arena) const override {
        out.push_back(Value::of_string(index == 0 ? space_ : name_), arena);
    }

  private:
    std::string_view space_;
    std::string_view name_;
};

}  // namespace

std::string_view system_name(ValueKind kind) {
    for (const SystemType& type : system_types) {
        if (type.kind == kind) {
            return type.name;
        }
    }
    return kind == ValueKind::record ? "record" : "element";
}

// Quantity is a type of both namespaces: without one either matches.
std::optional<TypeQuery> type_query(std::string_view type_name) {
    TypeQuery query;
    std::string_view name = type_name;
    bool system = true;
    bool fhir = true;
    if (name.substr(0, 5) == "FHIR.") {
        name.remove_prefix(5);
        system = false;
    } else if (name.substr(0, 7) == "System.") {
        name.remove_prefix(7);
        fhir = false;
    }
    for (const SystemType& type : system_types) {
        if (system && type.name == name) {
            query.kind = type.kind;
        }
    }
    query.type = fhir ? fhir::Definitions::r4().type(name) : nullptr;
    query.any = system && name == "Any";
    const bool known = query.kind != ValueKind::node || query.type != nullptr || query.any;
    return known ? std::optional(query) : std::nullopt;
}

bool matches_type(const Value& value, const TypeQuery& query) {
    if (query.any) {
        return true;
    }
    if (value.type != nullptr) {
        return query.type != nullptr && value.type->is_a(*query.type);
    }
    return query.kind != ValueKind::node && value.kind == query.kind;
}

bool converts_to_type(const fhir::TypeDefinition& type, const TypeQuery& query) {
    return query.any || &type == query.type ||
           (type.kind != fhir::TypeKind::primitive && query.type != nullptr &&
            type.is_a(*query.type));
}

bool converts_to_type(const Value& value, const TypeQuery& query) {
    return value.type != nullptr ? converts_to_type(*value.type, query)
                                 : matches_type(value, query);
}

StaticType static_type(const TypeQuery& query) {
    StaticType type;
    const bool system = query.kind != ValueKind::node;
    if (system && query.type != nullptr) {
        return type;  // Quantity may be either
    }
    if (system) {
        type.of = StaticType::Of::system;
        type.kind = query.kind;
    } else if (query.type != nullptr) {
        type.of = StaticType::Of::fhir;
        type.kind = ValueKind::node;
        type.type = query.type;
    }
    return type;
}

std::optional<ValueKind> system_kind(const StaticType& type) {
    if (type.of == StaticType::Of::system) {
        return type.kind;
    }
    if (type.of != StaticType::Of::fhir || type.type == nullptr) {
        return std::nullopt;
    }
    if (type.type->is_a("Quantity")) {
        return ValueKind::quantity;
    }
    const ValueKind kind = primitive_kind(*type.type);
    return kind == ValueKind::node ? std::nullopt : std::optional(kind);
}

std::vector<std::string> type_names(std::string_view wanted) {
    std::vector<std::string> names;
    names.reserve(system_types.size() + fhir::Definitions::r4().types().size());
    for (const SystemType& type : system_types) {
        names.emplace_back(type.name);
    }
    for (const fhir::TypeDefinition* type : fhir::Definitions::r4().types()) {
        names.emplace_back(type->name);
    }
    const auto is_small = [](std::string_view name) {
        return !name.empty() && name[0] >= 'a' && name[0] <= 'z';
    };
    std::stable_partition(names.begin(), names.end(), [&](const std::string& name) {
        return is_small(name) == is_small(wanted);
    });
    return names;
}

// A record of two fields stands in for the specification's SimpleTypeInfo; it can be navigated like
// any other.
Value type_info(const Value& value, std::pmr::memory_resource& arena) {
    std::string_view space = value.kind == ValueKind::record ? "Linkway" : "System";
    std::string_view name =
        value.kind == ValueKind::record ? value.record->type().name : system_name(value.kind);
    if (value.type != nullptr) {
        space = "FHIR";
        name = value.type->name;
    }
    void* place = arena.allocate(sizeof(TypeInfo), alignof(TypeInfo));
    return Value::of_record(*std::construct_at(static_cast<TypeInfo*>(place), space, name));
}

std::string to_string(const StaticType& type) {
    std::string text;
    switch (type.of) {
        case StaticType::Of::anything:
            text = "anything";
            break;
        case StaticType::Of::nothing:
            return "nothing";
        case StaticType::Of::system:
            text = system_name(type.kind);
            break;
        case StaticType::Of::fhir:
            text = "FHIR " + std::string(type.type != nullptr ? type.type->name : "element");
            break;
        case StaticType::Of::record:
            text = "Row of " + std::string(type.record != nullptr ? type.record->name : "?");
            break;
    }
    return type.many ? text + " (many)" : text;
}

}  // namespace linkway::fhirpath
