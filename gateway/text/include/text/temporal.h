// Dates and times as FHIR writes them, read from what GP systems write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkway::text {

enum class Precision : std::uint8_t { year, month, day, hour, minute, second, fraction };

/// A civil date that exists in the proleptic Gregorian calendar, or the year or month of one.
struct Date {
    std::int16_t year = 0;
    std::uint8_t month = 1;
    std::uint8_t day = 1;
    Precision precision = Precision::day;

    friend auto operator<=>(const Date&, const Date&) = default;
};

struct TimeOfDay {
    std::uint8_t hour = 0;
    std::uint8_t minute = 0;
    std::uint8_t second = 0;
    Precision precision = Precision::second;

    friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

/// A pattern such as "yyyy-MM-dd", "yyyyMMdd", "dd MMM yyyy", "HH:mm:ss", "HHmm", "yyyy-MM-dd
/// HH:mm:ss". Letters: y M d H m s; MMM is an English month name of three letters, whatever the
/// locale or case; anything else stands for itself. A letter repeated asks for exactly that many
/// digits (yyyy always four: two leave the century open and are refused); M, d and H alone take one
/// or two. The whole text must match and the day must exist; years run from 0001 to 9999. Nothing
/// is returned otherwise.
std::optional<Date> parse_date(std::string_view text, std::string_view pattern);
std::optional<TimeOfDay> parse_time(std::string_view text, std::string_view pattern);

/// Such a pattern for the directives of Table Schema, which are those of strptime: %Y %m %d %b %H
/// %M %S; empty when another one is among them.
std::string pattern_of_directives(std::string_view format);

struct DateTime {
    Date date;
    TimeOfDay time;
};
std::optional<DateTime> parse_date_time(std::string_view text, std::string_view pattern);

/// FHIR date: "2023", "2023-05" or "2023-05-01" by the precision held.
void append_date(std::string& out, const Date& date);
void append_time(std::string& out, const TimeOfDay& time);  ///< "14:05:00"

/// FHIR dateTime of a moment in UK civil time, with its offset: "2023-07-01T09:30:00+01:00"; only
/// the date when no day is known. The hour that happens twice in October is taken as summer time
/// (the first), the one that does not exist in March as if clocks had not yet changed.
void append_uk_date_time(std::string& out, const Date& date, const TimeOfDay& time);

/// Minutes that Europe/London is ahead of UTC at that civil time: 60 in summer, else 0. Source: the
/// Summer Time Acts and Orders as the IANA time zone database records them: the last Sundays of
/// March and October since 1996, the rules of their time from 1972 to 1995, and 60 throughout 18
/// February 1968 to 31 October 1971 (British Standard Time). Before 1968 the answer is 0: years set
/// by yearly order are not tabled here, and a GP record with a time of day is not that old.
int uk_offset_minutes(const Date& date, const TimeOfDay& time);

/// A FHIR date or dateTime as clocks in the UK show it, whatever offset it was written with; no
/// time where it has none. Nothing for anything else.
struct UkMoment {
    Date date;
    std::optional<TimeOfDay> time;
};
std::optional<UkMoment> parse_uk_moment(std::string_view text);

/// Appends a moment in a pattern of the letters above: "02 Mar 2026 04:15:00".
void append_as(std::string& out, const Date& date, const TimeOfDay& time, std::string_view pattern);

/// Days since 1970-01-01 of the (first day of the) date.
std::int64_t days_since_epoch(const Date& date);

}  // namespace linkway::text
