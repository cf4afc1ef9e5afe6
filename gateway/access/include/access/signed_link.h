// Links to pages that open without signing in, for a time.
#pragma once

#include <string>
#include <string_view>

#include "access/instant.h"
#include "access/secret.h"
#include "text/issue.h"

namespace linkway::access {

/// Whom a page is about and who may see it. All of it can be read by who holds the link.
struct Link {
    std::string subject;       ///< FHIR id of the Patient: never an NHS number
    std::string ods;           ///< organisation on whose behalf it is opened
    std::string practitioner;  ///< who opens it, for people; may be empty
    Instant expires = 0;       ///< whole seconds
};

/// Links for one purpose ("record"); those for another are not valid here. Thread-safe.
class SignedLinks {
  public:
    SignedLinks(std::shared_ptr<Secrets> secrets, std::string_view purpose);

    /// Letters, digits, "-", "_" and "." only, so it may stand in a URL's path or query as it is.
    /// Issue: the subject is no FHIR id, or looks like an NHS number; the ods code is none.
    text::Result<std::string> sign(const Link& link) const;

    /// Issue: code "login" when it is none of ours, "expired".
    text::Result<Link> verify(std::string_view text, Instant now) const;

  private:
    Signer signer_;
};

}  // namespace linkway::access
