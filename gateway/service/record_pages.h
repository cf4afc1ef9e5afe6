// The record page over HTTP, and the cards that lead to it. Private to service.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/client.h"
#include "access/signed_link.h"
#include "http/message.h"
#include "loop/write.h"
#include "pages/cds_cards.h"
#include "store/store.h"

namespace linkway::service {

struct RecordPagesParts {
    store::Store* store = nullptr;
    const access::SignedLinks* links = nullptr;
    std::function<std::shared_ptr<const loop::Knowledge>()> knowledge;
    std::function<loop::Agreement(std::string_view ods)> agreement;
    std::string url;              ///< of the service
    store::Instant lifetime = 0;  ///< of a link
};

/// What came of a request, and whose record it was.
struct Shown {
    http::Response response;
    std::string patient;  ///< "Patient/1"; empty when none was shown
    std::string ods, practitioner;
};

class RecordPages {
  public:
    explicit RecordPages(RecordPagesParts parts) : parts_(std::move(parts)) {}

    /// GET /record?link=...: the page, for who holds the link.
    Shown page(std::string_view link, store::Instant now) const;
    /// POST /record/links {"patient":"<id>","practitioner":"<name>"}: a link to it.
    Shown make_link(const access::Identity& identity, std::string_view body,
                    store::Instant now) const;
    /// POST /cds-services/social-prescribing.
    Shown cards(const access::Identity& identity, std::string_view body, store::Instant now) const;

  private:
    text::Result<pages::Story> story(std::string_view patient, const store::Reach& reach,
                                     store::Instant now, std::string& practice) const;
    text::Result<std::string> link_to(const access::Identity& identity, const std::string& patient,
                                      const std::string& practice, const std::string& practitioner,
                                      store::Instant expires) const;

    RecordPagesParts parts_;
};

/// Whose resources a client may see.
store::Reach reach_of(const access::Identity& identity);

}  // namespace linkway::service
