#include "text/temporal.h"

#include <string>

#include "catch.h"

using namespace linkway::text;

namespace {

std::string date(std::string_view text, std::string_view pattern) {
    const auto parsed = parse_date(text, pattern);
    std::string out;
    if (parsed) {
        append_date(out, *parsed);
    }
    return out;
}

std::string time_text(std::string_view text, std::string_view pattern) {
    const auto parsed = parse_time(text, pattern);
    std::string out;
    if (parsed) {
        append_time(out, *parsed);
    }
    return out;
}

std::string moment(std::string_view text) {
    const auto parsed = parse_date_time(text, "yyyy-MM-dd HH:mm:ss");
    std::string out;
    if (parsed) {
        append_uk_date_time(out, parsed->date, parsed->time);
    }
    return out;
}

Date day(int year, int month, int day_of_month) {
    return {static_cast<std::int16_t>(year), static_cast<std::uint8_t>(month),
            static_cast<std::uint8_t>(day_of_month), Precision::day};
}

TimeOfDay clock_time(int hour, int minute) {
    return {static_cast<std::uint8_t>(hour), static_cast<std::uint8_t>(minute), 0,
            Precision::minute};
}

}  // namespace

TEST_CASE("Dates are read by their pattern") {
    CHECK(date("2023-05-01", "yyyy-MM-dd") == "2023-05-01");
    CHECK(date("20230501", "yyyyMMdd") == "2023-05-01");
    CHECK(date("01 May 2023", "dd MMM yyyy") == "2023-05-01");
    CHECK(date("1 SEP 2023", "d MMM yyyy") == "2023-09-01");
    CHECK(date("31-dec-1999", "dd-MMM-yyyy") == "1999-12-31");
    CHECK(date("1/2/2023", "d/M/yyyy") == "2023-02-01");
    CHECK(date("11/12/2023", "d/M/yyyy") == "2023-12-11");
    CHECK(date("2023-05", "yyyy-MM") == "2023-05");
    CHECK(date("2023", "yyyy") == "2023");
    CHECK(date("0001-01-01", "yyyy-MM-dd") == "0001-01-01");
    CHECK(date("9999-12-31", "yyyy-MM-dd") == "9999-12-31");
    CHECK(parse_date("2023-05", "yyyy-MM")->precision == Precision::month);
}

TEST_CASE("Only days that exist are dates") {
    CHECK(date("2024-02-29", "yyyy-MM-dd") == "2024-02-29");
    CHECK(date("2000-02-29", "yyyy-MM-dd") == "2000-02-29");
    for (const std::string_view wrong :
         {"2023-02-29", "1900-02-29", "2023-02-30", "2023-04-31", "2023-13-01", "2023-00-10",
          "2023-01-00", "0000-01-01", "2023-5-01", "2023-05-1", "23-05-01", "2023-05-01 ",
          " 2023-05-01", "2023/05/01", "2023-05-01T", "", "2023-05", "-023-05-01", "2023-xx-01"}) {
        INFO(wrong);
        CHECK(date(wrong, "yyyy-MM-dd").empty());
    }
    CHECK(date("01 Mai 2023", "dd MMM yyyy").empty());
    CHECK(date("01 Ma", "dd MMM yyyy").empty());
    CHECK(date("01/02/23", "dd/MM/yy").empty());
    CHECK(date("01 2023", "dd yyyy").empty());
    CHECK(date("05", "MM").empty());
    CHECK(date("20232023", "yyyyyyyy").empty());
    CHECK(date("2023-01-01-01", "yyyy-MM-dd-dd").empty());
    CHECK(date("2023-01-01 10", "yyyy-MM-dd HH").empty());
}

TEST_CASE("Times are read by their pattern") {
    CHECK(time_text("14:05:09", "HH:mm:ss") == "14:05:09");
    CHECK(time_text("1405", "HHmm") == "14:05:00");
    CHECK(time_text("9:30", "H:mm") == "09:30:00");
    CHECK(time_text("00:00:00", "HH:mm:ss") == "00:00:00");
    CHECK(parse_time("1405", "HHmm")->precision == Precision::minute);
    CHECK(parse_time("14", "HH")->precision == Precision::hour);
    for (const std::string_view wrong : {"24:00:00", "12:60:00", "12:00:60", "1:00:00", "12:00"}) {
        INFO(wrong);
        CHECK(time_text(wrong, "HH:mm:ss").empty());
    }
    CHECK(time_text("30", "mm").empty());
    CHECK(time_text("10 30", "HH ss").empty());
    CHECK_FALSE(parse_date_time("2023-05 10", "yyyy-MM HH").has_value());
    CHECK_FALSE(parse_date_time("2023-05-01", "yyyy-MM-dd").has_value());
}

TEST_CASE("UK moments carry the offset of their day") {
    CHECK(moment("2023-07-01 09:30:00") == "2023-07-01T09:30:00+01:00");
    CHECK(moment("2023-01-01 09:30:00") == "2023-01-01T09:30:00+00:00");
    CHECK(moment("2023-03-26 00:59:59") == "2023-03-26T00:59:59+00:00");
    // 01:00 to 02:00 does not exist on this day: as if clocks had not yet changed.
    CHECK(moment("2023-03-26 01:30:00") == "2023-03-26T01:30:00+00:00");
    CHECK(moment("2023-03-26 02:00:00") == "2023-03-26T02:00:00+01:00");
    // 01:00 to 02:00 happens twice on this day: the first is meant.
    CHECK(moment("2023-10-29 01:30:00") == "2023-10-29T01:30:00+01:00");
    CHECK(moment("2023-10-29 02:00:00") == "2023-10-29T02:00:00+00:00");
    CHECK(moment("1950-07-01 12:00:00") == "1950-07-01T12:00:00+00:00");

    std::string out;
    append_uk_date_time(out, *parse_date("2023-05", "yyyy-MM"), clock_time(9, 0));
    CHECK(out == "2023-05");
}

TEST_CASE("British Standard Time lasted from 1968 to 1971") {
    CHECK(uk_offset_minutes(day(1968, 2, 18), clock_time(2, 59)) == 0);
    CHECK(uk_offset_minutes(day(1968, 2, 18), clock_time(3, 0)) == 60);
    CHECK(uk_offset_minutes(day(1969, 12, 25), clock_time(12, 0)) == 60);
    CHECK(uk_offset_minutes(day(1971, 10, 31), clock_time(2, 59)) == 60);
    CHECK(uk_offset_minutes(day(1971, 10, 31), clock_time(3, 0)) == 0);
    CHECK(uk_offset_minutes(day(1967, 7, 1), clock_time(12, 0)) == 0);
}

TEST_CASE("Clocks changed on the days that the IANA database gives, 1972 to 2037") {
    struct Change {
        int march;
        int october;
    };
    constexpr Change changes[] = {
        {19, 29}, {18, 28}, {17, 27}, {16, 26}, {21, 24}, {20, 23}, {19, 29}, {18, 28}, {16, 26},
        {29, 25}, {28, 24}, {27, 23}, {25, 28}, {31, 27}, {30, 26}, {29, 25}, {27, 23}, {26, 29},
        {25, 28}, {31, 27}, {29, 25}, {28, 24}, {27, 23}, {26, 22}, {31, 27}, {30, 26}, {29, 25},
        {28, 31}, {26, 29}, {25, 28}, {31, 27}, {30, 26}, {28, 31}, {27, 30}, {26, 29}, {25, 28},
        {30, 26}, {29, 25}, {28, 31}, {27, 30}, {25, 28}, {31, 27}, {30, 26}, {29, 25}, {27, 30},
        {26, 29}, {25, 28}, {31, 27}, {29, 25}, {28, 31}, {27, 30}, {26, 29}, {31, 27}, {30, 26},
        {29, 25}, {28, 31}, {26, 29}, {25, 28}, {31, 27}, {30, 26}, {28, 31}, {27, 30}, {26, 29},
        {25, 28}, {30, 26}, {29, 25}};
    int year = 1972;
    for (const Change& change : changes) {
        INFO(year);
        const int hour = year <= 1980 ? 3 : 2;
        CHECK(uk_offset_minutes(day(year, 3, change.march), clock_time(hour - 1, 59)) == 0);
        CHECK(uk_offset_minutes(day(year, 3, change.march), clock_time(hour, 0)) == 60);
        CHECK(uk_offset_minutes(day(year, 10, change.october), clock_time(hour - 1, 59)) == 60);
        CHECK(uk_offset_minutes(day(year, 10, change.october), clock_time(hour, 0)) == 0);
        ++year;
    }
    CHECK(year == 2038);
}

TEST_CASE("Days are counted from 1970") {
    CHECK(days_since_epoch(day(1970, 1, 1)) == 0);
    CHECK(days_since_epoch(day(1969, 12, 31)) == -1);
    CHECK(days_since_epoch(day(2000, 3, 1)) == 11017);
    CHECK(days_since_epoch(day(2024, 2, 29)) == 19782);
    CHECK(days_since_epoch(day(1, 1, 1)) == -719162);
    CHECK(days_since_epoch(day(9999, 12, 31)) == 2932896);
    CHECK(days_since_epoch(*parse_date("2023-05", "yyyy-MM")) == days_since_epoch(day(2023, 5, 1)));
}

TEST_CASE("FHIR moments stand on UK clocks, in a system's own pattern") {
    const auto written = [](std::string_view text) {
        const auto moment = parse_uk_moment(text);
        std::string out;
        if (moment) {
            append_as(out, moment->date, moment->time.value_or(TimeOfDay{}),
                      "dd MMM yyyy HH:mm:ss");
        }
        return out + (moment && !moment->time ? " (no time)" : "");
    };
    CHECK(written("2026-07-01T09:05:06Z") == "01 Jul 2026 10:05:06");
    CHECK(written("2026-01-01T09:05:06Z") == "01 Jan 2026 09:05:06");
    CHECK(written("2026-07-01T10:05:06+01:00") == "01 Jul 2026 10:05:06");
    CHECK(written("2026-06-30T23:30:00.125Z") == "01 Jul 2026 00:30:00");
    CHECK(written("2026-01-01T00:30:00+05:30") == "31 Dec 2025 19:00:00");
    CHECK(written("2025-12-31T20:00:00-05:00") == "01 Jan 2026 01:00:00");
    CHECK(written("2026-03-29T00:59:59Z") == "29 Mar 2026 00:59:59");  // clocks go forward at 1
    CHECK(written("2026-03-29T01:00:00Z") == "29 Mar 2026 02:00:00");
    CHECK(written("1966-07-30") == "30 Jul 1966 00:00:00 (no time)");
    CHECK(written("2026-02") == "01 Feb 2026 00:00:00 (no time)");
    for (const char* none : {"", "2026-02-30", "2026-07-01T09:05:06", "2026-07-01T25:00:00Z",
                             "2026-07-01T09:05:06+1:00", "tomorrow", "2026-07-01Z"}) {
        INFO(none);
        CHECK(written(none).empty());
    }
}
