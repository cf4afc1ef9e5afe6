// What create, update and transaction have in common. Private to api.
#pragma once

#include <set>

#include "api/fhir_api.h"

namespace linkway::api {

/// Parses and validates a body. The resource's type must be `type`.
text::Result<std::shared_ptr<const text::Document>> read_body(std::string_view body);

/// A resource ready to be written under `id`: valid R4, prepared. Issues when it is not.
std::optional<Incoming> incoming(const FhirParts& parts,
                                 std::shared_ptr<const text::Document> document,
                                 const text::Node& resource, std::string_view id,
                                 text::Issues& issues);

/// An id for something new: the same request sent again gives the same one, so a client that did
/// not hear the answer may ask once more.
std::string new_id(const Call& call, const text::Node& resource, std::size_t entry);

/// What a write depends on, besides the resource.
struct Condition {
    /// It is to be made, under an id of its own: what has that id is of this very request, which
    /// was sent before.
    bool creates = false;
    std::optional<std::int64_t> if_match;     ///< version that must be the current one
    std::optional<store::Search> none_exist;  ///< search that must find nothing
};

/// W/"3" and "3" give 3; an issue for anything else.
text::Result<std::optional<std::int64_t>> version_of_etag(std::string_view etag);

/// The search of an If-None-Exist header or a conditional url. Issues: it is none, or asks for
/// nothing.
std::optional<store::Search> condition_of(const FhirParts& parts, std::string_view type,
                                          std::string_view query, text::Issues& issues);

/// Whether all that the resource refers to is there for the caller to see, those in `together`
/// counting as there. An issue names the first that is not.
text::Status references_are_seen(store::Reader& reader, const Incoming& resource,
                                 const Caller& caller, const std::set<store::Key>& together);

/// One write within a transaction of the store. `reply` has status, ETag and Location.
text::Status write_one(const FhirParts& parts, const Call& call, store::Writer& writer,
                       const Incoming& resource, const Condition& condition, bool may_create,
                       Reply& reply);

/// Puts the body that Prefer: return asks for into a reply.
void finish_body(const FhirParts& parts, const Call& call, const store::Key& key, Reply& reply);

}  // namespace linkway::api
