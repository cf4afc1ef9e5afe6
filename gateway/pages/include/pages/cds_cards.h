// A story as CDS Hooks cards: the same as on the record page, in a few lines where the clinician
// is already looking. Source: CDS Hooks, specification.
#pragma once

#include <string>
#include <string_view>

#include "pages/story.h"
#include "text/issue.h"

namespace linkway::pages {

/// Id of the one service: POST {base}/cds-services/social-prescribing.
inline constexpr std::string_view cds_service = "social-prescribing";

/// The answer to GET {base}/cds-services.
std::string cds_discovery();

/// A call of the hook patient-view.
struct CdsRequest {
    std::string hook_instance;  ///< UUID
    std::string patient;        ///< FHIR id
    std::string user;           ///< "Practitioner/123"; empty when not told
};

/// Reads a call; prefetched data and what this service does not know are passed over. Issue: no
/// JSON object (structure), another hook (not-supported), a member that is missing (required) or
/// none of its kind (value).
text::Result<CdsRequest> parse_cds_request(std::string_view body);

/// {"cards": [...]}: one card about what is requested of the practice, as a warning; one about the
/// referral that is open or ended within a year, as information. None when there is nothing to
/// say. `page` is the absolute address of the record page; without one, cards have no link.
std::string cds_cards(const Story& story, std::string_view page, store::Instant now);

}  // namespace linkway::pages
