// A resource template as a tree: the FHIRPath Mapping Language in YAML or JSON, before any name in
// it is checked. mappings/README.md says what an author may write.
//
// A template file is an object with a header and the resource as it will look:
//
//   each: CareRecord_Observation     the table (or "event") that drives it; or
//   input: QuestionnaireResponse     the type of the FHIR resource that does
//   when: "%event.kind = 'referred'" optional condition
//   referencedOnly: true             optional: a row comes out only when something refers to it
//   resource: { ... }                the resource, with {{ FHIRPath }} where a value goes
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/issue.h"
#include "text/node.h"

namespace linkway::mapping {

/// A FHIRPath expression as it stands in a file.
struct Code {
    std::string text;
    text::Location at;  ///< of its first character
};

enum class FormKind : std::uint8_t {
    constant,   ///< a scalar without markers: `node`
    value,      ///< "{{ expr }}": the first item
    concat,     ///< "text {{ expr }} text": a string, nothing when one part is empty
    all_items,  ///< "{[ expr ]}": every item, as an array
    object,     ///< members, conditions, loops and assignments: `entries`
    array,      ///< `items`
};

struct Form;
using FormPtr = std::unique_ptr<Form>;

/// A piece of a concatenation: fixed text, or an expression when `code` is set.
struct Part {
    std::string text;
    std::optional<Code> code;
};

enum class EntryKind : std::uint8_t {
    member,     ///< name: value
    condition,  ///< "{% if expr %}": value, with the "{% else %}" that follows it
    loop,       ///< "{% for item in expr %}" or "{% for i, item in expr %}": value
    assign,     ///< "{% assign %}": variables for everything below
    merge,      ///< "{% merge %}": objects whose members are put here, later ones first in rank
};

/// One variable of an assignment.
struct Assigned {
    std::string name;
    text::Location at;
    FormPtr value;
};

struct Entry {
    EntryKind kind = EntryKind::member;
    text::Location at;  ///< of the key
    std::string name;   ///< of a member; the item variable of a loop
    std::string index;  ///< the index variable of a loop, or empty
    Code code;          ///< of a condition or loop
    FormPtr value;
    FormPtr otherwise;  ///< of a condition with else
    std::vector<Assigned> assigned;
};

struct Form {
    FormKind kind = FormKind::constant;
    text::Location at;
    const text::Node* node = nullptr;  ///< of a constant; lives in the Template's document
    Code code;                         ///< of value and all_items
    std::vector<Part> parts;
    std::vector<Entry> entries;
    std::vector<FormPtr> items;
};

/// One template file.
struct Template {
    std::string file;
    std::string each;         ///< table or "event"; empty when a resource is the input
    std::string input;        ///< FHIR type; empty when rows are
    text::Location input_at;  ///< of `each` or `input`
    std::optional<Code> when;
    bool referenced_only = false;
    std::string resource_type;
    FormPtr resource;
    std::shared_ptr<text::Document> document;  ///< owns what constants point at
};

/// What a template file may hold at most; anything beyond is an issue. Nothing in a template is
/// longer when compiled than it is written, so this bounds its plan too.
inline constexpr text::ParseLimits template_limits{std::size_t{1} << 20, 64};

/// Reads `content`: JSON when the file's name ends in .json, else YAML. Every mistake in the
/// markers and the header is appended to `issues`; nothing is returned when there was one.
std::optional<Template> parse_template(std::string_view content, const std::string& file,
                                       text::Issues& issues);

/// Finds where pieces of scalars stand in the text they were read from: quotes, escapes, block
/// indentation and folding accounted for. `source` must outlive it.
class Places {
  public:
    Places(std::string_view source, std::string file);

    /// An expression that starts `offset` bytes into the scalar's text. Cheapest when asked in the
    /// order of the source.
    Code code(const text::Node& scalar, std::string_view text, std::size_t offset);

  private:
    std::string_view source_;
    std::string file_;
    std::vector<std::size_t> lines_;  ///< offset of each line's start
    std::uint64_t line_ = 0;          ///< the place asked for last, and its offset
    std::uint32_t column_ = 0;
    std::size_t offset_ = 0;
};

}  // namespace linkway::mapping
