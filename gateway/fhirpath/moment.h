// Dates, times and date-times with partial precision, as FHIRPath reckons with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkway::fhirpath {

enum class Part : std::uint8_t { year, month, day, hour, minute, second };

/// A date, time of day, or both. Parts beyond the precision hold their least value. A time of day
/// alone has year 0. Seconds and their fraction are one precision (FHIRPath N1, comparison).
struct Moment {
    std::int32_t year = 0;
    std::int32_t month = 1;
    std::int32_t day = 1;
    std::int32_t hour = 0;
    std::int32_t minute = 0;
    std::int32_t second = 0;
    std::int32_t nano = 0;
    std::uint8_t fraction_digits = 0;  ///< as written, at most 9 kept
    Part precision = Part::day;
    bool zoned = false;
    std::int32_t offset_minutes = 0;  ///< ahead of UTC
};

/// "2023", "2023-05", "2023-05-01". Nothing when it is no date of the calendar.
std::optional<Moment> parse_date(std::string_view text);
/// "14", "14:30", "14:30:00", "14:30:00.123".
std::optional<Moment> parse_time(std::string_view text);
/// A date, a date and "T", or a date, "T" and a time with or without "Z" or "+01:00".
std::optional<Moment> parse_date_time(std::string_view text);

/// FHIR form, to the precision held ("2023-05", "14:30", "2023-05-01T14:30:00.5+01:00").
std::string format(const Moment& moment);

/// Days since 1970-01-01 in the proleptic Gregorian calendar, and back.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day);
void civil_from_days(std::int64_t days, Moment& moment);
std::int32_t days_in_month(std::int32_t year, std::int32_t month);

/// Below 0, 0 or above 0; nothing when the precision of one ends while they are still equal, or
/// when only one of them is tied to a zone.
std::optional<int> compare(const Moment& a, const Moment& b);

/// `~`: equal in value and in precision.
bool equivalent(const Moment& a, const Moment& b);

/// Adds `amount` units; `unit` is a Part, weeks and milliseconds having been turned into days and
/// `nanos`. Parts finer than the precision are first turned into whole parts of it. Nothing when
/// the year leaves 1 to 9999. A time of day alone wraps round midnight.
std::optional<Moment> add(Moment moment, std::int64_t amount, Part unit, std::int64_t nanos = 0);

}  // namespace linkway::fhirpath
