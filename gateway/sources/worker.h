// What one thread needs to run templates: variables, an arena, records to point at. Private to
// sources.
#pragma once

#include <array>
#include <memory_resource>
#include <vector>

#include "translator.h"

namespace linkway::sources {

class Translator::Worker {
  public:
    explicit Worker(const EventTypes& types) : source(types.source) {
        source.demands = &demands;
        variables[source_slot] = fhirpath::Collection(fhirpath::Value::of_record(source));
        runtime.variables = variables;
        runtime.arena = &arena;
    }

    /// Points %row (and %event, %episode when given) at new records; what the last run made is
    /// forgotten.
    void begin(const Row& row, const EventRecord* event = nullptr) {
        arena.release();
        runtime.steps_left = 1'000'000;
        demands.clear();
        variables[row_slot] = fhirpath::Collection(fhirpath::Value::of_record(row));
        variables[event_slot] = event == nullptr
                                    ? fhirpath::Collection()
                                    : fhirpath::Collection(fhirpath::Value::of_record(*event));
        variables[episode_slot] =
            event == nullptr || event->episode == nullptr
                ? fhirpath::Collection()
                : fhirpath::Collection(fhirpath::Value::of_record(*event->episode));
    }

    /// The first item of an expression; an error or nothing gives nullopt.
    std::optional<fhirpath::Value> first(const std::optional<fhirpath::Expression>& expression) {
        result.clear();
        if (!expression || expression->evaluate(runtime, result) || result.empty()) {
            return {};
        }
        return result[0];
    }

    bool holds(const fhirpath::Expression& condition) {
        const auto answer = condition.test(runtime);
        return answer && *answer;
    }

    std::array<std::byte, 1 << 16> buffer;
    std::pmr::monotonic_buffer_resource arena{buffer.data(), buffer.size()};
    std::array<fhirpath::Collection, 4> variables;
    fhirpath::Collection result;
    fhirpath::Runtime runtime;
    SourceRecord source;
    std::vector<Demand> demands;
    mapping::Runner runner;
};

}  // namespace linkway::sources
