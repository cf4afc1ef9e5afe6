// The resources of one referral to what is told of it. Private to this folder.
#pragma once

#include <string>
#include <vector>

#include "entries.h"
#include "filing.h"
#include "pages/story.h"

namespace linkway::pages {

/// What belongs to one referral.
struct Group {
    std::string id;
    std::vector<const Held*> resources;

    /// Whether there is a referral: a ServiceRequest that is one, or a Task to fulfil it.
    bool is_episode(const terminology::Terminology& codes) const;
};

struct Teller {
    PatientResources& resources;
    People& people;
    EntryReader& reader;
    const FilingTracker& filing;
    const Sense& sense;
    store::Instant now;

    Episode tell(const Group& group) const;

  private:
    void stand(const Group& group, Episode& episode) const;
    void add_entries(const Group& group, Episode& episode,
                     const referrals::Replayed& replayed) const;
    void add_moves(Episode& episode, const referrals::Replayed& replayed) const;
    void add_standing(const Group& group, Episode& episode) const;
    void settle_endings(Episode& episode) const;
    void note_people(const Group& group, Episode& episode) const;
    void note_silence(Episode& episode) const;
};

/// The newest first, undated ones last.
void sort_entries(std::vector<Entry>& entries);

}  // namespace linkway::pages
