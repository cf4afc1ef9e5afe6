// The FHIR R4 API: what it can do stands in one table, from which requests are routed and the
// CapabilityStatement is made.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "api/call.h"
#include "store/store.h"
#include "text/node.h"

namespace linkway::api {

/// A resource that somebody wants written, checked and prepared.
struct Incoming {
    store::Prepared prepared;
    std::shared_ptr<const text::Document> document;  ///< what it was read from, with `root` in it
    const text::Node* root = nullptr;
};

/// What the API works with. Everything outlives it and is safe from any thread.
struct FhirParts {
    store::Store* store = nullptr;
    std::string base;  ///< address of the API as clients know it: https://gateway.example/fhir
    std::string version;
    bool secure = false;    ///< tokens are asked for
    std::string token_url;  ///< of the CapabilityStatement's security part
    /// Checks a resource against the R4 definitions.
    std::function<text::Issues(const text::Node& resource)> validate;
    /// Writes within a transaction. This is where referrals are kept in step: a write of a Task may
    /// change its ServiceRequest too.
    std::function<text::Status(store::Writer&, const Incoming&, const Caller&,
                               const store::Change::Origin&, store::Written&)>
        write;
    /// Encrypts what a link says and reads it back: pages of a search are links, and what was
    /// searched for may be an NHS number. Nothing for a text that was not sealed here.
    std::function<std::string(std::string_view)> seal;
    std::function<std::optional<std::string>(std::string_view)> unseal;
};

/// Answers a request to the FHIR API. Never throws for what a client did.
Reply answer(const FhirParts& parts, const Call& call);

// One function an interaction.
Reply capabilities(const FhirParts& parts, const Call& call);
Reply read(const FhirParts& parts, const Call& call);
Reply vread(const FhirParts& parts, const Call& call);
Reply history(const FhirParts& parts, const Call& call);
Reply search(const FhirParts& parts, const Call& call);
Reply next_page(const FhirParts& parts, const Call& call);
Reply create(const FhirParts& parts, const Call& call);
Reply update(const FhirParts& parts, const Call& call);
Reply transaction(const FhirParts& parts, const Call& call);

/// An interaction and the request that asks for it.
struct Interaction {
    std::string_view code;  ///< of TypeRestfulInteraction or SystemRestfulInteraction
    std::string_view method;
    std::string_view path;  ///< "{type}/{id}/_history/{version}"
    char scope;             ///< what a scope must allow; blank when it is asked entry by entry
    bool of_system;         ///< not of a type
    Reply (*run)(const FhirParts&, const Call&);
};
std::span<const Interaction> interactions();

}  // namespace linkway::api
