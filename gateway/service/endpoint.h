// What the service answers over HTTP: which address is whose, who is asking, what is written into
// the audit. Private to service.
//
//   /fhir/...                             the FHIR API
//   /auth/token                           tokens (SMART Backend Services)
//   /.well-known/smart-configuration      also below /fhir
//   /ingest/{system}, /ingest/{id}        extracts and what became of them
//   /record?link=...                     the record page; POST /record/links makes a link to it
//   /cds-services                         the same as cards (CDS Hooks, patient-view)
//   /health/live, /health/ready, /metrics
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "access/access_token.h"
#include "access/audit.h"
#include "access/client.h"
#include "access/rate_limit.h"
#include "access/seal.h"
#include "access/token.h"
#include "api/fhir_api.h"
#include "http/server.h"
#include "record_pages.h"
#include "service/config.h"
#include "service/log.h"
#include "service/metrics.h"

namespace linkway::service {

using Clock = std::function<store::Instant()>;

/// What the endpoint works with; all of it outlives it and is safe from any thread.
struct EndpointParts {
    const Config* config = nullptr;
    const Log* log = nullptr;
    Metrics* metrics = nullptr;
    Clock clock;
    const access::Clients* clients = nullptr;
    const access::AccessTokens* tokens = nullptr;
    access::Replays* replays = nullptr;
    access::AuditLog* audit = nullptr;
    store::Store* store = nullptr;
    api::FhirParts fhir;
    /// Takes in an extract that was posted; its id. And the ledger's entry of one as JSON.
    std::function<text::Result<std::string>(const std::string& system, const std::string& file,
                                            const std::string& name)>
        take_in;
    std::function<text::Result<std::string>(const std::string& id)> taken_in;
    std::function<void()> written;  ///< called when something was written: others may wait for it
    const RecordPages* pages = nullptr;
    std::string incoming;  ///< folder for what is being posted
    std::string url;       ///< of the service, as clients know it
};

/// Answers 503 until begin(): the port may be any that is free, and is part of the addresses that
/// are given out, so it is listened on before they are known.
class Endpoint final : public http::Service {
  public:
    void begin(EndpointParts parts);

    std::variant<http::BodyPlan, http::Response> accept(const http::Head& head) override;
    http::Response handle(http::Request& request) override;
    http::Response refuse(int status, std::string_view reason) override;

    /// From now on /health/ready says no; what comes is answered as before.
    void end() { ending_ = true; }

  private:
    struct Exchange;

    http::Response route(Exchange& exchange);
    http::Response fhir(Exchange& exchange);
    http::Response token(Exchange& exchange);
    http::Response ingest(Exchange& exchange);
    text::Status may_ingest(const http::Head& head, access::Identity& identity) const;
    http::Response record(Exchange& exchange);
    http::Response metrics(Exchange& exchange);
    http::Response well_known();
    http::Response ready();

    /// Who sent it. Issue: nobody we know, or with a token that is not or no longer good.
    text::Result<access::Identity> identify(const http::Head& head) const;
    text::Status note(const Exchange& exchange, const http::Response& response);
    /// Enters who was turned away; of an address that keeps coming not every time, so that nobody
    /// fills the disk by knocking.
    void note_refusal(const http::Head& head);

    EndpointParts parts_;  // set once, before begun_
    access::RateLimiter limiter_;
    std::atomic<bool> begun_ = false;
    std::atomic<bool> ending_ = false;
};

}  // namespace linkway::service
