// The one way by which resources get into the store: what they tell of a referral becomes events of
// its episode, and what follows from all its events is written into its Tasks and ServiceRequest.
//
// The events of an episode are notes of the store, group "episode/<id>". Who wrote a Task or
// ServiceRequest as FHIR has it from then on: later extracts add what happened and leave the rest
// of it alone.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "referrals/check.h"
#include "referrals/events_of.h"
#include "referrals/replay.h"
#include "store/store.h"

namespace linkway::loop {

/// What the episodes are understood by, read from the mappings; exchanged as a whole when those
/// are read anew.
struct Knowledge {
    terminology::Terminology codes;
    std::unique_ptr<const referrals::Rules> rules;
    std::unique_ptr<const referrals::Measures> measures;
};

/// Reads `mappings`/codes and `mappings`/referrals; nothing when there are errors among `issues`.
std::shared_ptr<const Knowledge> load_knowledge(const std::string& mappings, text::Issues& issues);

/// What a practice has agreed.
struct Agreement {
    referrals::Policy policy;
    /// Ods code of the service that its referrals go to where they name no recipient; may be empty.
    std::string provider;
};

/// Who writes, and by which rules.
struct Writing {
    const Knowledge& knowledge;
    std::function<Agreement(std::string_view ods)> agreement;  ///< of a practice
    referrals::Origin origin = referrals::Origin::fhir;
    /// Its organisation is an ods code; where that is known its side of a referral is found out.
    referrals::Actor actor;
    store::Change::Origin change;
};

struct Item {
    const store::Prepared* resource = nullptr;
    store::Written written;  ///< what became of it
};

/// Writes the items, in whatever order they depend on each other; of one that is there more than
/// once the last counts. Issue: somebody may not write
/// this, or a score is out of range; nothing of the transaction must then be kept.
text::Status write(store::Writer& writer, std::span<Item> items, const Writing& writing);

/// The episode that a stored resource belongs to; empty when it belongs to none.
std::string episode_of(store::Reader& reader, const store::Key& key);

/// The resources that told of an episode.
std::vector<store::Key> members_of(store::Reader& reader, const std::string& episode);

/// An episode as it stands.
referrals::Replayed replay(store::Reader& reader, const std::string& episode,
                           const Knowledge& knowledge, const referrals::Policy& policy);

/// Notes that an activity was delivered or filed.
void acknowledge(store::Writer& writer, referrals::EventKind kind, const store::Key& resource,
                 store::Instant at);

}  // namespace linkway::loop
