#include "http/date.h"

#include "catch.h"

using namespace linkway::http;

TEST_CASE("dates are written as the one form that is sent today") {
    CHECK(format_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(format_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(format_date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST_CASE("dates are read back, and what is none is nothing") {
    for (std::int64_t seconds = 0; seconds < 4'000'000'000; seconds += 86'413'331) {
        CHECK(parse_date(format_date(seconds)) == seconds);
    }
    for (const char* bad : {"", "Sun, 06 Nov 1994 08:49:37", "Mon, 06 Nov 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT",
                            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"}) {
        INFO(bad);
        CHECK_FALSE(parse_date(bad).has_value());
    }
}
