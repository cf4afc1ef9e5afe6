#include "translated.h"

#include "catch.h"
#include "profiles/validator.h"

using namespace linkway;

TEST_CASE("All that translate is expected to write is valid R4") {
    const profiles::Validator validator;
    const auto lines = tests::translated_resources();
    CHECK(lines.size() >= 1'378);
    for (const tests::Line& line : lines) {
        profiles::Options options;
        options.file = line.file;
        options.first_line = line.number;
        const auto resource = text::parse_json(line.text, line.file);
        REQUIRE(resource.ok());
        text::Issues issues = validator.validate(resource->root(), options);
        if (const text::Node* entries = resource->root().find("entry")) {
            for (const text::Node& entry : entries->items) {
                const text::Issues more = validator.validate(*entry.find("resource"), options);
                issues.insert(issues.end(), more.begin(), more.end());
            }
        }
        for (const text::Issue& issue : issues) {
            FAIL_CHECK(text::to_string(issue));
        }
    }
}
