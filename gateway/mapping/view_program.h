// A view's flat form. Private to mapping.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.h"
#include "mapping/view.h"

namespace linkway::mapping {

/// One select with what stands in it. Its columns come first, then those of its selects, then those
/// of its unionAll, whose branches all fill the same ones.
struct ViewSelect {
    std::optional<fhirpath::Expression> each;  ///< of forEach or forEachOrNull
    bool or_null = false;
    std::size_t first_column = 0;
    std::size_t column_count = 0;  ///< everything inside included
    std::vector<fhirpath::Expression> columns;
    std::vector<text::Location> places;  ///< of each column
    std::vector<ViewSelect> selects;
    std::vector<ViewSelect> unions;
};

struct View::Program {
    std::string resource;
    std::vector<ViewColumn> columns;
    std::vector<fhirpath::Expression> where;
    ViewSelect root;
    std::vector<fhirpath::Collection> constants;      ///< by slot, from the third on
    std::vector<std::unique_ptr<std::string>> texts;  ///< of constants
    const fhir::TypeDefinition* type = nullptr;
};

/// The value of a constant given as value[x]: `type` is what stands behind "value" ("String"). Its
/// text goes into `texts`. Nothing when there is no such primitive type or it can't be that value.
std::optional<fhirpath::Value> read_view_constant(std::string_view type, const text::Node& node,
                                                  std::vector<std::unique_ptr<std::string>>& texts);

/// What SQL on FHIR adds to FHIRPath: getResourceKey(), getReferenceKey([Type]), and a join() that
/// gives an empty text for nothing.
std::vector<fhirpath::Function> view_functions();

}  // namespace linkway::mapping
