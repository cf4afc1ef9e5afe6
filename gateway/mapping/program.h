// The flat form of a template. Private to mapping.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.h"
#include "mapping/plan.h"

namespace linkway::mapping {

enum class StepKind : std::uint8_t {
    text,         ///< append `text`: constant members or items, escaped when compiled
    open_object,  ///< append `text` (the member's name, or nothing) and "{"
    open_array,   ///< append `text` and "["
    close,        ///< append "}" or "]", or take the whole thing back when nothing was put inside
    value,        ///< append `text` and the first item of the expression
    all,  ///< append `text` and every item of the expression as an array, or as items of the open
          ///< one
    concat,       ///< append `text` and the pieces joined, unless one is empty
    jump_unless,  ///< go to `target` when the expression is not true
    jump,         ///< go to `target`
    loop,         ///< evaluate the expression, then run the steps up to `target` once for each item
    next,         ///< end of a loop's body: back to the step after `target` while items are left
    assign,       ///< evaluate into `slot`
    capture,      ///< take back the array that stands open and put its items into `slot`
    spread,       ///< append the members of every object the expression gives
    merge,        ///< of the members of the open object, the last of each name stays
};

constexpr std::uint16_t kind_bit(fhirpath::ValueKind kind) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind));
}

struct Piece {
    std::string text;
    int expression = -1;
};

/// What is needed for every row stands first.
struct Step {
    StepKind kind = StepKind::text;
    bool required = false;    ///< an empty result makes the enclosing object invalid
    bool list = false;        ///< of close: ends an array
    std::uint16_t kinds = 0;  ///< kind_bit of each kind of value that will do
    int expression = -1;
    std::uint32_t target = 0;
    std::uint32_t slot = 0;        ///< of assign and loop: variable
    std::uint32_t index_slot = 0;  ///< of loop: variable of the index, 0 for none
    fhir::PrimitiveTest test =
        nullptr;  ///< the lexical form a dynamic value must have; null where any text will do
    std::string text;
    std::vector<std::string_view>
        codes;  ///< of the required binding, sorted; empty when there is none or it is open
    const fhir::TypeDefinition* type = nullptr;  ///< null inside an assignment, where any will do
    std::string inside;  ///< of open_object and open_array: constants that stand first in it
    std::vector<Piece> pieces;
    std::optional<fhirpath::ValueKind> constant;  ///< of assign: `text` is a value of that kind
    std::string_view value_set;  ///< required binding a dynamic code is tried against
    std::vector<const fhir::ElementDefinition*>
        needs;         ///< of close: required elements that may be missing, tried while running
    std::string path;  ///< FHIR path, for messages; of assignments the variable
    text::Location at;
    std::vector<Step>
        folded;  ///< what `text` or `inside` was made of, step by step; to be explained
};

struct Plan::Program {
    std::string resource_type;
    std::vector<Step> steps;
    std::vector<fhirpath::Expression> expressions;
    std::vector<std::string> targets;    ///< FHIR path each expression feeds
    std::vector<text::Location> places;  ///< of each expression
    fhirpath::Environment environment;   ///< that of the whole template
    std::vector<std::vector<fhirpath::Variable>>
        locals;  ///< of each expression: the template's own variables, by slot behind the
                 ///< environment's
    std::optional<std::size_t> condition;  ///< index of the expression of "when"
    fhirpath::SharedCalls shared{0};
    std::size_t slots = 0;  ///< variables in all: the environment's, then loops' and assignments'
};

/// Name a member's text begins with ("\"name\":..."); empty for an item of a list.
std::string_view member_name(std::string_view json);

/// Joins constants that are always written together; everything else does what it did.
void fold_constants(std::vector<Step>& steps);

}  // namespace linkway::mapping
