#include "dates.h"

#include <cstdio>

#include "text/temporal.h"

namespace linkway::pages {

namespace {

constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string in_words(std::string_view date) {
    const auto moment = text::parse_uk_moment(date);
    if (!moment) {
        return std::string(date);
    }
    std::string words;
    if (moment->date.precision >= text::Precision::day) {
        words += std::to_string(moment->date.day) + " ";
    }
    if (moment->date.precision >= text::Precision::month) {
        words += std::string(months[moment->date.month - 1]) + " ";
    }
    words += std::to_string(moment->date.year);
    if (moment->time) {
        char clock[16];
        std::snprintf(clock, sizeof clock, ", %02u:%02u", moment->time->hour, moment->time->minute);
        words += clock;
    }
    return words;
}

std::string in_words(store::Instant at) {
    return in_words(store::to_instant(at));
}

std::string day_in_words(std::string_view date) {
    const std::string words = in_words(date);
    return text::parse_uk_moment(date) ? words.substr(0, words.find(',')) : words;
}

namespace {

void put(Html& html, std::string_view date, std::string_view words) {
    if (text::parse_uk_moment(date)) {
        html.put("time", {{"datetime", date}}, words);
    } else {
        html.text(words);
    }
}

}  // namespace

void put_time(Html& html, std::string_view date) {
    put(html, date, in_words(date));
}

void put_day(Html& html, std::string_view date) {
    put(html, date, day_in_words(date));
}

void put_time(Html& html, store::Instant at) {
    put_time(html, store::to_instant(at));
}

int age(std::string_view birth_date, store::Instant now) {
    const auto born = text::parse_uk_moment(birth_date);
    const auto today = text::parse_uk_moment(store::to_instant(now));
    if (!born || !today || born->date.precision < text::Precision::day) {
        return -1;
    }
    const bool before_birthday =
        today->date.month < born->date.month ||
        (today->date.month == born->date.month && today->date.day < born->date.day);
    return today->date.year - born->date.year - (before_birthday ? 1 : 0);
}

}  // namespace linkway::pages
