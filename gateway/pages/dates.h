// Dates as people in the UK read them. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "html.h"
#include "store/resource.h"

namespace linkway::pages {

/// "12 Jan 2026, 14:00", "12 Jan 2026", "Jan 2026" or "2026": as much as a FHIR date says; a text
/// that is none stays as it is.
std::string in_words(std::string_view date);
std::string in_words(store::Instant at);
/// The same without the time of day.
std::string day_in_words(std::string_view date);

/// The same in a time element, so that machines read it too.
void put_time(Html& html, std::string_view date);
void put_time(Html& html, store::Instant at);
void put_day(Html& html, std::string_view date);

/// Whole years from a birth date to a moment; -1 when the date does not say.
int age(std::string_view birth_date, store::Instant now);

}  // namespace linkway::pages
