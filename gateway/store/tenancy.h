// Who sees what. Private to store.
//
// Everything hangs on two facts: which practice a patient is registered with, and which provider a
// referral is addressed to, both by ods code.
//
//   - A resource about a patient is seen by the patient's practice.
//   - What is addressed to a provider (ServiceRequest.performer, Task.owner) is seen by it.
//   - What follows a referral (Task.focus, basedOn, partOf, Provenance.target) is seen by those who
//     see the referral: a link worker's contact by the practice, a new Task by the provider.
//   - What a resource needs to be understood is seen by those who see it: the patient of a
//   referral,
//     the people who asked and who act.
//   - Organizations and other entries of directories are seen by everyone.
//
// Who has seen a thing once goes on seeing it: what was sent cannot be unsent. It does not matter
// in which order resources arrive.
#pragma once

#include <string>
#include <vector>

#include "store/resource.h"

namespace linkway::store {

/// Fills references, shared, follows, practices, providers and the organisations of a Prepared.
void find_relations(const text::Node& resource, Prepared& prepared);

/// Whether resources of the type are entries of a directory.
bool is_directory(std::string_view type);

}  // namespace linkway::store
