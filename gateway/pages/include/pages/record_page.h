// A story as a web page: HTML that a browser shows without running anything, and headers that
// forbid it to.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pages/story.h"

namespace linkway::pages {

/// A page and what it is sent with. Its Content-Security-Policy names the one style sheet of the
/// page by its hash; nothing else may load, run, be framed or be sent.
struct Page {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string html;  ///< HTML5, UTF-8
};

/// The link that the page was opened by.
struct Visit {
    std::string organisation;    ///< on whose behalf, as the reader is to see it; may be empty
    store::Instant expires = 0;  ///< of the link
    store::Instant now = 0;
};

/// Order: what is asked of the practice, what is not yet in its record, each open referral (or the
/// latest) with its timeline and scores, then earlier ones, folded. A story without referrals says
/// so.
Page record_page(const Story& story, const Visit& visit);

/// For a link that was good once (401), and for one that is none of ours (401): how to get another
/// is the same.
Page link_expired_page();
Page link_not_valid_page();

}  // namespace linkway::pages
