// The four times of an activity.
#pragma once

#include <string>

#include "store/store.h"

namespace linkway::delivery {

/// 0 where not known.
struct Times {
    std::string done;              ///< as the resource states it: a FHIR date or dateTime, or empty
    store::Instant received = 0;   ///< its first version
    store::Instant delivered = 0;  ///< handed to whom it was for: an entry to the practice's
                                   ///< system, a referral to its provider
    store::Instant filed = 0;      ///< stands in the record, as the practice says
};

/// Of a stored resource, whoever may see it.
Times times_of(store::Reader& reader, const store::Key& key);

}  // namespace linkway::delivery
