// Which fields of which tables an expression reads: what coverage reports, what staging must fetch,
// what can be pushed into a scan.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "fhirpath/ast.h"
#include "fhirpath/value.h"

namespace linkway::sources {

/// A variable an expression may start from and the record type it holds.
struct Root {
    std::string_view name;
    const fhirpath::RecordType* type = nullptr;
};

/// One step of navigation: `field` of a record of type `type`.
struct Read {
    const fhirpath::RecordType* type = nullptr;
    int field = -1;

    friend bool operator==(const Read&, const Read&) = default;
};

/// Every record field the expression touches, in the order met. Follows navigation through where(),
/// first() and the like.
std::vector<Read> reads(const fhirpath::Expr& expression, const std::vector<Root>& roots);

/// Calls `visit` for each call of a function on a record, with the record's type (null when it is
/// no record).
void each_call(const fhirpath::Expr& expression, const std::vector<Root>& roots,
               const std::function<void(const fhirpath::Expr& call,
                                        const fhirpath::RecordType* focus)>& visit);

/// When all that the expression reads of %`variable` goes through one and the same field first
/// (%row.code.…), that field's name; else empty.
std::string_view only_path(const fhirpath::Expr& expression, std::string_view variable);

/// A copy in which %`variable`.`field` is replaced by %`field`.
fhirpath::ExprPtr shortened(const fhirpath::Expr& expression, std::string_view variable,
                            std::string_view field);

}  // namespace linkway::sources
