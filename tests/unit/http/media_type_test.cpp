#include "http/media_type.h"

#include "catch.h"

using namespace linkway::http;

TEST_CASE("a content type has a type, a subtype and parameters") {
    const auto type =
        parse_media_type(" Application/FHIR+json ; Charset=\"UTF-8\";fhirVersion=4.0");
    REQUIRE(type.ok());
    CHECK(type->type == "application");
    CHECK(type->subtype == "fhir+json");
    CHECK(type->parameter("charset") == "UTF-8");
    CHECK(type->parameter("fhirversion") == "4.0");
    CHECK(type->parameter("other").empty());
    CHECK(parse_media_type("a/b;c=\"d\\\"e;,\"")->parameter("c") == "d\"e;,");
    CHECK(parse_media_type("text/html;")->subtype == "html");
}

TEST_CASE("what is no content type is refused") {
    for (const char* bad : {"", "json", "a/", "/b", "a/b/c", "a b/c", "a/b;c", "a/b;c=",
                            "a/b;c=\"d", "a/b, c/d", "*/*", "a/*", "a/b c", "a/b;c=\"\x01\""}) {
        INFO(bad);
        CHECK_FALSE(parse_media_type(bad).ok());
    }
}

TEST_CASE("what is accepted is a list of ranges with their quality") {
    const auto ranges =
        parse_accept("application/fhir+json;fhirVersion=4.0;q=0.75, text/*;q=.5;x=y , */*;q=0");
    CHECK_FALSE(ranges.ok());
    const auto sound =
        parse_accept("application/fhir+json;fhirVersion=4.0;q=0.75, text/*;q=0.5;x=y ,, */*;q=0");
    REQUIRE(sound.ok());
    CHECK(*sound ==
          std::vector<MediaRange>{{{"application", "fhir+json", {{"fhirversion", "4.0"}}}, 750},
                                  {{"text", "*", {}}, 500},
                                  {{"*", "*", {}}, 0}});
    CHECK(parse_accept("")->front().type.type == "*");
    for (const char* bad : {"a", "*/b", "a/b;q=2", "a/b;q=1.1", "a/b;q=0.1234",
                            "a/b;q=", "a/b;q=0,5", "a/b c/d", "a/b;q=-1"}) {
        INFO(bad);
        CHECK_FALSE(parse_accept(bad).ok());
    }
}

TEST_CASE("the range that names a type most closely decides") {
    const auto accepted =
        parse_accept("*/*;q=0.1, text/*;q=0.3, text/html;q=0.7, text/html;level=1, a/b;q=0");
    REQUIRE(accepted.ok());
    CHECK(quality_of({"text", "html", {{"level", "1"}}}, *accepted) == 1000);
    CHECK(quality_of({"text", "html", {{"level", "2"}}}, *accepted) == 700);
    CHECK(quality_of({"text", "html", {}}, *accepted) == 700);
    CHECK(quality_of({"text", "plain", {}}, *accepted) == 300);
    CHECK(quality_of({"image", "png", {}}, *accepted) == 100);
    CHECK(quality_of({"a", "b", {}}, *accepted) == 0);
    CHECK(quality_of({"a", "b", {}}, *parse_accept("c/d")) == 0);
}
