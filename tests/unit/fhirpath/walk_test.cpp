// A Walk changes how often the descendants of a resource are looked for, never what is found.
#include <array>
#include <memory_resource>
#include <string>
#include <vector>

#include "catch.h"
#include "fhir/definitions.h"
#include "fhirpath/expression.h"
#include "fhirpath/result.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::fhirpath;

namespace {

constexpr const char* resource = R"({"resourceType": "Observation", "id": "o", "status": "final",
  "contained": [{"resourceType": "Patient", "id": "p", "name": [{"family": "A", "given": ["B", "C"],
                 "period": {"start": "2020", "end": "2021"}}]}],
  "code": {"coding": [{"system": "s", "code": "c"}], "text": "t"}, "_status": {"id": "x"},
  "subject": {"reference": "#p"}, "effectivePeriod": {"start": "2020-01-01"},
  "valueQuantity": {"value": 4.50, "unit": "mg"},
  "extension": [{"url": "u", "valuePeriod": {"end": "2022"}}]})";

class Evaluated {
  public:
    Evaluated() : document_(text::parse_json(resource, "o.json")), room_(1U << 16U) {
        REQUIRE(document_.ok());
        item_ = Value::of_node(document_->root(), fhir::Definitions::r4().type("Observation"));
    }

    const Value& item() const { return item_; }

    /// The items as text, or the issue.
    std::vector<std::string> run(const std::string& source, Walk* walk) {
        Environment environment;
        environment.strict = false;
        environment.context = item_.type;
        text::Issues issues;
        auto parsed = parse(source);
        REQUIRE(parsed.ok());
        const auto expression = compile(std::move(parsed).value(), environment, {}, issues);
        REQUIRE(expression.has_value());
        std::pmr::monotonic_buffer_resource arena(room_.data(), room_.size());
        Runtime runtime;
        runtime.arena = &arena;
        runtime.context = &item_;
        runtime.walk = walk;
        Collection out;
        std::vector<std::string> result;
        if (auto failed = expression->evaluate(runtime, out)) {
            return {failed->message};
        }
        for (const Value& value : out) {
            append_typed_json(result.emplace_back(), value);
        }
        return result;
    }

  private:
    text::Result<text::Document> document_;
    std::vector<std::byte> room_;
    Value item_;
};

}  // namespace

TEST_CASE("descendants() over a Walk are those without one, from one expression to the next") {
    Evaluated evaluated;
    Walk walk(evaluated.item());
    std::size_t items = 0;
    for (int round = 0; round < 2; ++round) {
        for (const char* source :
             {"descendants()", "descendants().count()", "descendants().ofType(Period)",
              "descendants().ofType(Quantity).value", "descendants().ofType(uri)",
              "descendants().where($this is Period).start", "descendants().id",
              "contained.descendants().ofType(Period)", "descendants().descendants().count()",
              "(descendants() | code).count()",
              "descendants().all(hasValue() or children().exists())",
              "descendants().first().descendants().empty()", "descendants().take(3)",
              "descendants().tail().count()"}) {
            INFO(source);
            const auto without = evaluated.run(source, nullptr);
            CHECK(evaluated.run(source, &walk) == without);
            items += without.size();
        }
    }
    CHECK(items > 60);
}
