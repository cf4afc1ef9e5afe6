// What all pages have: head, style, headers. Private to this folder.
#pragma once

#include <functional>
#include <string_view>

#include "html.h"
#include "pages/record_page.h"

namespace linkway::pages {

/// The one style sheet.
std::string_view style_sheet();

/// A page of that title whose body `body` writes.
Page document(int status, std::string_view title, const std::function<void(Html&)>& body);

}  // namespace linkway::pages
