#include "http/uri.h"

#include "catch.h"

using namespace linkway::http;

TEST_CASE("percent escapes are decoded strictly") {
    CHECK(*percent_decode("a%20b") == "a b");
    CHECK(*percent_decode("caf%C3%a9") == "caf\xC3\xA9");
    CHECK(*percent_decode("a+b%2B") == "a+b+");
    CHECK(*percent_decode("") == "");
    for (const char* bad : {"%", "%4", "a%zz", "%4g", "%%41", "% 1", "%+1"}) {
        INFO(bad);
        const auto result = percent_decode(bad);
        REQUIRE_FALSE(result.ok());
        CHECK(result.issue().code == "value");
        CHECK(result.issue().suggestion.find("%25") != std::string::npos);
    }
    CHECK_FALSE(percent_decode("a%00").ok());
    CHECK_FALSE(percent_decode("%FF").ok());
    CHECK_FALSE(percent_decode("%C0%AF").ok());
}

TEST_CASE("a path is cut into segments, none of which climbs") {
    using Segments = std::vector<std::string>;
    CHECK(*path_segments("/fhir/Patient/a%20b") == Segments{"fhir", "Patient", "a b"});
    CHECK(*path_segments("/fhir/") == Segments{"fhir"});
    CHECK(path_segments("/")->empty());
    CHECK(*path_segments("/a%2Fb") == Segments{"a/b"});
    for (const char* bad : {"", "a", "//", "/a//b", "/.", "/..", "/a/../b", "/%2e%2E/b", "/%2e"}) {
        INFO(bad);
        CHECK_FALSE(path_segments(bad).ok());
    }
}

TEST_CASE("parameters keep their order and repetitions") {
    using Parameters = std::vector<Parameter>;
    CHECK(*parse_parameters("a=1&b=x+y&a=%26&c&=d&e=f=g") ==
          Parameters{{"a", "1"}, {"b", "x y"}, {"a", "&"}, {"c", ""}, {"", "d"}, {"e", "f=g"}});
    CHECK(parse_parameters("")->empty());
    CHECK(*parse_parameters("&&a=1&") == Parameters{{"a", "1"}});
    CHECK_FALSE(parse_parameters("a=%2").ok());
    CHECK_FALSE(parse_parameters("%00=1").ok());
}

TEST_CASE("there may not be any number of parameters") {
    std::string query;
    for (std::size_t i = 0; i < parameter_limit; ++i) {
        query += "a&";
    }
    CHECK(parse_parameters(query)->size() == parameter_limit);
    const auto more = parse_parameters(query + "a");
    REQUIRE_FALSE(more.ok());
    CHECK(more.issue().code == "too-costly");
}

TEST_CASE("what is encoded decodes to itself") {
    std::string all;
    for (int c = 1; c < 128; ++c) {
        all += static_cast<char>(c);
    }
    all += "caf\xC3\xA9";
    CHECK(*percent_decode(percent_encode(all)) == all);
    CHECK((*parse_parameters("x=" + percent_encode(all)))[0].value == all);
    CHECK(percent_encode("a-b_c.d~e/f+g") == "a-b_c.d~e%2Ff%2Bg");
}
