// Scores as a small line drawing. Private to this folder.
#pragma once

#include <string_view>

#include "html.h"
#include "pages/story.h"

namespace linkway::pages {

/// An SVG with a title and a description; the same numbers stand in the table beside it. `id` is
/// unique on the page. Nothing for fewer than two points that can be placed in time.
void put_chart(Html& html, const Series& series, std::string_view id);

/// What a series compares: metric values where there are any.
const std::string& compared(const Series& series, const Point& point);

}  // namespace linkway::pages
