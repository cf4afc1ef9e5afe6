// That entries stand in the record: because the practice said so, or because they came back in its
// next extract. Private to delivery.
#pragma once

#include <string_view>
#include <vector>

#include "acknowledgement.h"
#include "store/store.h"

namespace linkway::delivery {

/// Notes which entries of a delivery are filed; with the last of them it is filed itself, which is
/// returned.
bool note_filed(store::Writer& writer, store::Delivery& delivery, const Acknowledgement& filed);

/// Settles what went out as that entry: "Encounter/1", "Encounter/1#2".
void note_came_back(store::Writer& writer, const std::string& entry, store::Instant at);

}  // namespace linkway::delivery
