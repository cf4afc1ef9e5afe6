// Evaluates single conditions on single rows while staging. Private to sources.
#pragma once

#include <array>
#include <memory_resource>

#include "fhirpath/expression.h"
#include "sources/row.h"

namespace linkway::sources {

class Evaluation {
  public:
    /// Whether the condition over %row is true; an error counts as not.
    bool test(const fhirpath::Expression& condition, const Row& row) {
        prepare(row);
        const auto holds = condition.test(runtime_);
        return holds && *holds;
    }

    bool is_empty(const fhirpath::Expression& expression, const Row& row) {
        prepare(row);
        fhirpath::Collection result;
        return expression.evaluate(runtime_, result).has_value() || result.empty();
    }

  private:
    void prepare(const Row& row) {
        variables_[0] = fhirpath::Collection(fhirpath::Value::of_record(row));
        runtime_.variables = variables_;
        runtime_.arena = &arena_;
    }

    std::array<std::byte, 2048> buffer_;
    std::pmr::monotonic_buffer_resource arena_{buffer_.data(), buffer_.size()};
    std::array<fhirpath::Collection, 2> variables_;
    fhirpath::Runtime runtime_;
};

}  // namespace linkway::sources
