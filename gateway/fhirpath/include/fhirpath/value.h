// What flows through an evaluation: small values and short collections, pointing into the input
// wherever they can.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory_resource>
#include <new>
#include <string_view>

#include "fhir/definitions.h"
#include "text/node.h"

namespace linkway::fhirpath {

class Record;
struct RecordType;

enum class ValueKind : std::uint8_t {
    boolean,
    integer,
    decimal,
    string,
    date,
    date_time,
    time,
    quantity,
    node,    ///< a FHIR element or resource in parsed JSON (complex, or a primitive with its id and
             ///< extensions)
    record,  ///< a table row or another structure with named fields that is not FHIR
};

/// One item of a collection. Trivially copyable; what it points to outlives the evaluation (input,
/// compiled constants, or the evaluation's arena).
struct Value {
    ValueKind kind = ValueKind::boolean;
    bool boolean = false;
    std::int64_t integer = 0;
    std::string_view text;  ///< string content; decimal digits as written; date, dateTime or time
                            ///< in FHIR form without @; quantity's number
    std::string_view unit;  ///< quantity: UCUM code or calendar word
    const text::Node* node = nullptr;
    const text::Node* extra =
        nullptr;  ///< sibling "_name" of a FHIR primitive (id and extensions), when present
    const fhir::TypeDefinition* type = nullptr;  ///< FHIR type of a node (or of a primitive read
                                                 ///< from FHIR); nullptr for System types
    const Record* record = nullptr;

    static Value of_boolean(bool value) {
        Value v;
        v.kind = ValueKind::boolean;
        v.boolean = value;
        return v;
    }
    static Value of_integer(std::int64_t value) {
        Value v;
        v.kind = ValueKind::integer;
        v.integer = value;
        return v;
    }
    static Value of_text(ValueKind kind, std::string_view text) {
        Value v;
        v.kind = kind;
        v.text = text;
        return v;
    }
    static Value of_string(std::string_view text) { return of_text(ValueKind::string, text); }
    static Value of_record(const Record& record) {
        Value v;
        v.kind = ValueKind::record;
        v.record = &record;
        return v;
    }
    static Value of_node(const text::Node& node, const fhir::TypeDefinition* type) {
        Value v;
        v.kind = ValueKind::node;
        v.node = &node;
        v.type = type;
        return v;
    }
};

/// An ordered collection; one item needs no allocation. Not thread-safe.
class Collection {
  public:
    Collection() {}  // NOLINT(modernize-use-equals-default): the union has no default
    explicit Collection(const Value& only) : size_(1), first_(only) {}

    /// One item where it is, without a copy; it outlives the collection.
    static Collection view(const Value& only) {
        Collection made;
        made.size_ = 1;
        made.many_ = &only;
        return made;
    }

    /// Several items where they are; they outlive the collection.
    static Collection view(const Value* items, std::size_t count) {
        Collection made;
        made.size_ = count;
        made.many_ = count == 0 ? nullptr : items;
        return made;
    }

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    const Value& operator[](std::size_t i) const { return begin()[i]; }
    const Value* begin() const { return many_ == nullptr ? &first_ : many_; }
    const Value* end() const { return begin() + size_; }

    /// Empties it and forgets its memory: the arena that held it may be gone by the time it is
    /// filled again.
    void clear() {
        size_ = 0;
        capacity_ = 0;
        many_ = nullptr;
    }
    void push_back(const Value& value, std::pmr::memory_resource& arena) {
        // The address of `value` goes nowhere, so that it can be made in its place.
        Value& place = size_ == 0 ? first_ : another(arena);
        place = value;
        ++size_;
    }
    /// A new item for the caller to fill, for where every nanosecond counts.
    Value& add(std::pmr::memory_resource& arena) {
        Value& place = size_ == 0 ? first_ : another(arena);
        ++size_;
        return *new (&place) Value();
    }

  private:
    /// Where the next item goes when there are some already.
    Value& another(std::pmr::memory_resource& arena);

    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    const Value* many_ = nullptr;  // in the arena once there are two, or that of view()
    // Not made before there is an item: evaluations make and drop collections all the time.
    union {
        Value first_;
    };
};

/// The fields a Record has, by name; index is the position in `fields`.
struct RecordField {
    std::string_view name;
    ValueKind kind = ValueKind::string;  ///< what values it yields
    const RecordType* record = nullptr;  ///< of kind record: which
    bool many = false;                   ///< more than one item possible
};

struct RecordType {
    std::string_view name;  ///< e.g. "CareRecord_Observation", "Episode"; for messages and type()
    std::pmr::vector<RecordField> fields;

    /// Index of the field of that exact name, or -1.
    int find(std::string_view field) const;
};

/// A structure with fields that FHIRPath can navigate. The seam by which table rows are read
/// without being copied into JSON.
class Record {
  public:
    /// `type` outlives the record.
    explicit Record(const RecordType& type) : type_(&type) {}
    virtual ~Record() = default;
    Record(const Record&) = default;
    Record& operator=(const Record&) = default;

    const RecordType& type() const { return *type_; }
    /// Appends the items of the field at that index; text it must make goes into the arena.
    virtual void field(std::size_t index, Collection& out,
                       std::pmr::memory_resource& arena) const = 0;

  private:
    const RecordType* type_;  // a member, not a virtual function: it is asked for with every field
};

}  // namespace linkway::fhirpath
