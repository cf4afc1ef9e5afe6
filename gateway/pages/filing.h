// How far entries have come on their way into the practice's record. Private to this folder.
#pragma once

#include <map>
#include <string>

#include "pages/story.h"
#include "patient_resources.h"

namespace linkway::pages {

class FilingTracker {
  public:
    explicit FilingTracker(PatientResources& resources);

    /// Whether a resource is an entry that came back from the record it was filed in: the activity
    /// is told by the resource that it was made from.
    bool came_back(const Held& held) const;

    /// Sets filing, delivered and filed of an entry of the record or of the service.
    void track(Entry& entry) const;
    /// Takes in what an acknowledgement said.
    static void acknowledge(Entry& entry, const referrals::Times& times);

  private:
    PatientResources& resources_;
    std::map<std::string, store::Instant> filed_;  ///< by reference of what was filed
};

}  // namespace linkway::pages
