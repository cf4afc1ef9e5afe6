// That entries stand in the record: because the practice said so, or because they came back in its
// next extract. Private to delivery.
#pragma once

#include <string_view>
#include <vector>

#include "acknowledgement.h"
#include "store/store.h"
#include "text/node.h"

namespace linkway::delivery {

/// Notes which entries of a delivery are filed; with the last of them it is filed itself, which is
/// returned.
bool note_filed(store::Writer& writer, store::Delivery& delivery, const Acknowledgement& filed);

/// The entry that a resource of the record was made from: "Encounter/1", "Encounter/1#2"; empty for
/// one that is the record's own.
std::string entry_in(const text::Node& resource);

/// Settles what went out as that entry.
void note_came_back(store::Writer& writer, const std::string& entry, store::Instant at);

}  // namespace linkway::delivery
