// Timings of the expressions that templates are full of. Prints nanoseconds an evaluation, best of
// 25 batches; nothing is asserted.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "../unit/fhirpath/evaluate_helpers.h"

int main() {
    using namespace linkway;
    using namespace linkway::fhirpath;
    for (const char* expression :
         {"%row.Code", "%row.practice.Name", "%row.practice.Name = 'North Surgery'",
          "%row.Code = 'x' and %row.Deleted", "%row.Deleted.not()", "%row.AssociatedText.exists()",
          "iif(%row.Deleted, 'a', 'b')", "%row.Code & '/' & %row.practice.Name",
          "%row.EffectiveDate >= @2023-01-01", "%row.CodeId = 5", "%row.Code.startsWith('Xa')",
          "%patient.name.where(use = 'official').family", "%patient.birthDate"}) {
        auto env = testing::environment();
        text::Issues issues;
        auto compiled = compile(std::move(parse(expression)).value(), env, {}, issues);
        if (!compiled) {
            std::printf("%s: %s\n", expression, issues.front().message.c_str());
            return 1;
        }
        static char buffer[1 << 16];
        const std::vector<Collection> variables = {
            Collection(Value::of_record(testing::row())),
            Collection(Value::of_node(testing::patient().root(),
                                      fhir::Definitions::r4().type("Patient")))};
        constexpr int rounds = 100'000;
        double best = 1e9;
        std::size_t items = 0;
        for (int batch = 0; batch < 25; ++batch) {
            const auto start = std::chrono::steady_clock::now();
            for (int i = 0; i < rounds; ++i) {
                std::pmr::monotonic_buffer_resource arena(buffer, sizeof(buffer));
                Runtime runtime;
                runtime.variables = variables;
                runtime.arena = &arena;
                Collection out;
                (void)compiled->evaluate(runtime, out);
                items = out.size();
            }
            const std::chrono::duration<double, std::nano> spent =
                std::chrono::steady_clock::now() - start;
            best = std::min(best, spent.count() / rounds);
        }
        std::printf("%6.1f ns  %s (%zu)\n", best, expression, items);
    }
}
