#include <string>

#include "../random.h"
#include "catch.h"
#include "terminology/terminology.h"

using namespace linkway::terminology;

TEST_CASE("SNOMED CT identifiers prove themselves") {
    for (const std::string_view good :
         {"871731000000106", "871691000000100", "871711000000103", "1084281000000109",
          "1362931000000106", "1362721000000106", "1156338001", "390893007", "3457005", "138875005",
          "267076002", "999000081000000105"}) {
        INFO(good);
        CHECK(is_valid_sctid(good));
        CHECK(is_valid_concept_id(good));
    }
    for (const std::string_view bad : {"871731000000105", "871731000000016", "87173100000010", "",
                                       "0", "12345", "03457005", "3457OO5", " 3457005", "3457005 ",
                                       "-3457005", "29993973518322896898", "9990000810000001059"}) {
        INFO(bad);
        CHECK_FALSE(is_valid_sctid(bad));
        CHECK_FALSE(is_valid_concept_id(bad));
    }
}

TEST_CASE("Descriptions and relationships are no concepts") {
    // 680946014 is a description (partition 01) of SNOMED CT's own documentation.
    CHECK(is_valid_sctid("680946014"));
    CHECK_FALSE(is_valid_concept_id("680946014"));
}

TEST_CASE("One wrong or two swapped digits of a SNOMED CT identifier are noticed") {
    linkway::tests::Random random(6);
    int seen = 0;
    while (seen < 300) {
        std::string id = std::to_string(1 + random.below(9));
        for (std::uint32_t n = 5 + random.below(13); n > 0; --n) {
            id += static_cast<char>('0' + random.below(10));
        }
        if (!is_valid_sctid(id)) {
            continue;
        }
        ++seen;
        for (std::size_t i = 0; i < id.size(); ++i) {
            std::string other = id;
            for (char digit = i == 0 ? '1' : '0'; digit <= '9'; ++digit) {
                other[i] = digit;
                REQUIRE(is_valid_sctid(other) == (digit == id[i]));
            }
            if (i > 0 && id[i] != id[i - 1]) {
                other = id;
                std::swap(other[i], other[i - 1]);
                REQUIRE_FALSE(is_valid_sctid(other));
            }
        }
    }
    CHECK(seen == 300);
}

TEST_CASE("Read codes have one form") {
    CHECK(canonical_read_code("8T09.") == "8T09.");
    CHECK(canonical_read_code("8T09") == "8T09.");
    CHECK(canonical_read_code("8T09.-1") == "8T09.");
    CHECK(canonical_read_code("8T09-12") == "8T09.");
    CHECK(canonical_read_code("  8T09\t") == "8T09.");
    CHECK(canonical_read_code("H") == "H....");
    CHECK(canonical_read_code("XaaEC") == "XaaEC");
    CHECK(canonical_read_code("8hHs") == "8hHs.");
    CHECK(canonical_read_code("") == "");
    CHECK(canonical_read_code("   ") == "");
    CHECK(canonical_read_code("-1") == "-1...");
    CHECK(canonical_read_code("8T09-") == "8T09-");
    for (const char* local :
         {"EMISNQRE582", "ESCTCO1", "^ESCTCO1", "FUNDHC1", "JHCCX", "RAFME1", "AKC60", "XSHHAPT"}) {
        INFO(local);
        CHECK(canonical_read_code(std::string(" ") + local + " ") == local);
    }
    CHECK(canonical_read_code("EMISNQRE582-1") == "EMISNQRE582-1");
    CHECK(canonical_read_code("EGTON123") == "EGTON123");
}
