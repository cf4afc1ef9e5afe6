// The functions of FHIRPath N1 and of its FHIR R4 additions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program.h"

namespace linkway::fhirpath {

/// What a function works on; known mismatches are mistakes before anything runs.
enum class Takes : std::uint8_t { anything, text, number, boolean };

/// What it gives.
enum class Yields : std::uint8_t {
    boolean,
    integer,
    decimal,
    string,
    date,
    date_time,
    time,
    quantity,
    strings,    ///< many
    focus,      ///< items of the focus, as many
    focus_one,  ///< at most one item of the focus
    number,     ///< of the kind of the focus
    unknown,
    unknown_many,
    special,  ///< the compiler reckons it from the operands
};

struct BuiltIn {
    std::string_view name;
    std::size_t least;      ///< operands
    std::string_view args;  ///< one letter an operand: c condition, p projection, s text, i
                            ///< integer, n number, T type, a anything
    Takes takes;
    Yields yields;
    Handler handler;                ///< null for a predicate
    Predicate predicate = nullptr;  ///< also null for those that the compiler turns into operators

    /// Its operands are evaluated for each item of the focus, with $this.
    bool lazy() const {
        return args.find('c') != std::string_view::npos || args.find('p') != std::string_view::npos;
    }
};

/// The function of that name, or null.
const BuiltIn* find_built_in(std::string_view name);

std::vector<std::string> built_in_names();

// One table a file.
std::vector<BuiltIn> collection_functions();
std::vector<BuiltIn> lazy_functions();
std::vector<BuiltIn> text_functions();
std::vector<BuiltIn> pattern_functions();
std::vector<BuiltIn> encoding_functions();
std::vector<BuiltIn> math_functions();
std::vector<BuiltIn> conversion_functions();
std::vector<BuiltIn> tree_functions();
std::vector<BuiltIn> boundary_functions();
std::vector<BuiltIn> sort_functions();

/// All that stands beneath the focus, level by level; with a query in `step.more` only those items
/// that ofType() behind it would leave.
bool descendants(Machine& machine, const Step& step, const Collection& focus, const Collection*,
                 Collection& out);

/// Whether a key of sort() starts with a minus sign: what follows is then the key, sorted
/// descending.
bool is_descending_key(const Expr& key);

/// Compiles the pattern of matches(), matchesFull() or replaceMatches() when it is a literal, so
/// that a mistake in it is found early. Null and a message when it is no regular expression.
std::shared_ptr<const void> prepare_pattern(std::string_view function, std::string_view pattern,
                                            std::string& mistake);

}  // namespace linkway::fhirpath
