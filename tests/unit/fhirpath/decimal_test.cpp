#include "../../../gateway/fhirpath/decimal.h"

#include <string>
#include <vector>

#include "../../../gateway/fhirpath/moment.h"
#include "catch.h"

using namespace linkway::fhirpath;

namespace {

std::string show(const std::optional<Decimal>& number) {
    return number ? number->to_string() : "none";
}

Decimal number(std::string_view text) {
    const auto parsed = Decimal::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

}  // namespace

TEST_CASE("decimals keep what was written") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"0", "0"},
        {"1.10", "1.10"},
        {"-0.50", "-0.50"},
        {"+7", "7"},
        {"1e3", "1000"},
        {"1.5e-3", "0.0015"},
        {"12E1", "120"},
        {"", "none"},
        {".5", "none"},
        {"5.", "none"},
        {"1.2.3", "none"},
        {"1e", "none"},
        {"abc", "none"},
        {"1 ", "none"},
        {"--1", "none"},
        {"1e40", "none"},
        {"0e40", "0"},
        {"1e-40", "0.0000000000000000000000000000"},
        {"9999999999999999999999999999", "9999999999999999999999999999"},
        {"99999999999999999999999999999", "none"},
        {"0.12345678901234567890123456789", "0.1234567890123456789012345679"},
        {"99999999999999999999999999999999999999999999999999", "none"}};
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        CHECK(show(Decimal::parse(text)) == expected);
    }
}

TEST_CASE("decimal arithmetic agrees with that of integers") {
    const std::vector<std::int64_t> values = {0, 1, -1, 7, -13, 100, 99999, -123456789, 2000000000};
    for (const std::int64_t a : values) {
        for (const std::int64_t b : values) {
            CAPTURE(a, b);
            const Decimal x = Decimal::of(a);
            const Decimal y = Decimal::of(b);
            CHECK(show(Decimal::add(x, y)) == std::to_string(a + b));
            CHECK(show(Decimal::subtract(x, y)) == std::to_string(a - b));
            CHECK(show(Decimal::multiply(x, y)) == std::to_string(a * b));
            CHECK(Decimal::compare(x, y) == (a < b ? -1 : a > b ? 1 : 0));
            CHECK(show(Decimal::quotient(x, y)) == (b == 0 ? "none" : std::to_string(a / b)));
            CHECK(show(Decimal::remainder(x, y)) == (b == 0 ? "none" : std::to_string(a % b)));
            if (b != 0 && a % b == 0) {
                CHECK(show(Decimal::divide(x, y)) == std::to_string(a / b));
            }
        }
    }
}

TEST_CASE("decimals at the edge of their range") {
    const Decimal large = number("9999999999999999999999999999");
    CHECK(show(Decimal::add(large, Decimal::of(1))) == "none");
    CHECK(show(Decimal::add(large, number("0.4"))) == "9999999999999999999999999999");
    CHECK(show(Decimal::multiply(large, large)) == "none");
    CHECK(show(Decimal::multiply(large, number("0.1"))) == "999999999999999999999999999.9");
    CHECK(show(Decimal::divide(Decimal::of(1), Decimal::of(3))) == "0.333333333333333333");
    CHECK(show(Decimal::divide(Decimal::of(2), Decimal::of(3))) == "0.666666666666666667");
    CHECK(show(Decimal::divide(large, number("1.2345678901234567890123456789"))).substr(0, 12) ==
          "810000007290");
    CHECK(Decimal::compare(large, number("0.0000000000000000000000000001")) == 1);
    CHECK(Decimal::compare(number("1.10"), number("1.1")) == 0);
    CHECK(number("2.5").rounded(0).to_string() == "3");
    CHECK(number("-2.5").rounded(0).to_string() == "-3");
    CHECK(number("1.005").rounded(2).to_string() == "1.01");
    CHECK(number("-1.5").floor().to_string() == "-2");
    CHECK(number("-1.5").ceiling().to_string() == "-1");
    CHECK(number("9223372036854775807").to_integer() == INT64_MAX);
    CHECK_FALSE(number("9223372036854775808").to_integer());
    CHECK_FALSE(number("1.5").to_integer());
    CHECK(number("5.00").to_integer() == 5);
    CHECK(show(Decimal::from_double(0.1)) == "0.1");
    CHECK(show(Decimal::from_double(1e300)) == "none");
}

TEST_CASE("days and dates are inverse over eight centuries") {
    std::int64_t expected = days_from_civil(1600, 1, 1);
    for (std::int32_t year = 1600; year < 2400; ++year) {
        for (std::int32_t month = 1; month <= 12; ++month) {
            for (std::int32_t day = 1; day <= days_in_month(year, month); ++day, ++expected) {
                Moment back;
                civil_from_days(expected, back);
                if (days_from_civil(year, month, day) != expected || back.year != year ||
                    back.month != month || back.day != day) {
                    CAPTURE(year, month, day);
                    REQUIRE(days_from_civil(year, month, day) == expected);
                    REQUIRE(back.day == day);
                }
            }
        }
    }
    CHECK(days_from_civil(1970, 1, 1) == 0);
    CHECK(days_from_civil(2000, 3, 1) == 11017);
}

TEST_CASE("moments print as they were read") {
    for (const char* text : {"2023", "2023-05", "2023-05-01", "2023-05-01T10", "2023-05-01T10:30",
                             "2023-05-01T10:30:05", "2023-05-01T10:30:05.050+01:00",
                             "2023-05-01T10:30:05Z", "0001-01-01", "9999-12-31T23:59:60Z"}) {
        CAPTURE(text);
        const auto moment = parse_date_time(text);
        REQUIRE(moment);
        CHECK(format(*moment) == text);
    }
    for (const char* text :
         {"", "23", "2023-", "2023-5", "2023-13", "2023-02-29", "2023-05T10:00", "2023-05-01 10:00",
          "2023-05-01T24:00", "2023-05-01T10:60", "2023-05-01T10:00+1:00", "2023-05-01T10:00+15:00",
          "0000-01-01", "2023-05-01T10:00:00.Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date_time(text));
    }
    CHECK_FALSE(parse_date("2023-05-01T10:00"));
    CHECK_FALSE(parse_time("10:00Z"));
}
