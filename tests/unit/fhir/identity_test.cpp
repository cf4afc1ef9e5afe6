#include "fhir/identity.h"

#include <string>
#include <thread>
#include <vector>

#include "../random.h"
#include "catch.h"

using namespace linkway::fhir;

TEST_CASE("Ids are the UUIDv5 that any other implementation derives") {
    // Expected values: uuid.uuid5 of Python 3 with the namespace of the header.
    CHECK(derived_id({"emis", "A81001", "Observation", "1"}) ==
          "145958dc-e608-587f-81c1-7300ced12283");
    CHECK(derived_id({}) == "08212ad0-7a56-598e-84ba-0159cada4315");
    CHECK(derived_id({""}) == derived_id({}));
    CHECK(derived_id({"a", "bc"}) == "14bbd3b6-920e-5693-94aa-900a5d0f9bfa");
    CHECK(derived_id({"a", "bc"}) != derived_id({"ab", "c"}));
    CHECK(derived_id({"a", ""}) != derived_id({"a"}));
}

TEST_CASE("Ids are the same from every thread") {
    const std::string expected = derived_id({"x", "y"});
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    threads.reserve(wrong.size());
    for (int& count : wrong) {
        threads.emplace_back([&count, &expected] {
            for (int i = 0; i < 1000; ++i) {
                count += derived_id({"x", "y"}) == expected ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("NHS numbers carry a check digit") {
    for (const std::string_view good :
         {"9000000009", "9912003888", "9476719931", "9690937286", "9465701297", "9465699918",
          "9223344867", "900 000 0009", "943 476 5919"}) {
        INFO(good);
        CHECK(is_valid_nhs_number(good));
    }
    // Numbers printed in national examples that are none.
    for (const std::string_view bad : {"3478526985", "2378954317", "9989453456", "7778521234",
                                       "4857773456", "9388098431", "9690937287", "9000000000"}) {
        INFO(bad);
        CHECK_FALSE(is_valid_nhs_number(bad));
    }
    for (const std::string_view bad :
         {"", " ", "900000000", "90000000090", " 9000000009", "9000000009 ", "900  000 0009",
          "90000O0009", "9000000009x", "-900000009", "0000000000", "1111111111", "9999999999"}) {
        INFO(bad);
        CHECK_FALSE(is_valid_nhs_number(bad));
    }
}

TEST_CASE("One wrong or two swapped digits of an NHS number are noticed") {
    linkway::tests::Random random(5);
    int seen = 0;
    while (seen < 300) {
        std::string number;
        for (int i = 0; i < 10; ++i) {
            number += static_cast<char>('0' + random.below(10));
        }
        if (!is_valid_nhs_number(number)) {
            continue;
        }
        ++seen;
        for (std::size_t i = 0; i < 10; ++i) {
            std::string other = number;
            for (char digit = '0'; digit <= '9'; ++digit) {
                other[i] = digit;
                REQUIRE(is_valid_nhs_number(other) == (digit == number[i]));
            }
            if (i > 0 && number[i] != number[i - 1]) {
                other = number;
                std::swap(other[i], other[i - 1]);
                REQUIRE_FALSE(is_valid_nhs_number(other));
            }
        }
    }
    CHECK(seen == 300);
}
