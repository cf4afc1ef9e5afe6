// What is kept of an episode, as notes of the store. Private to loop.
//
//   episode/<id>        its events, each by id and version
//   awaiting/<ref>      what hangs on a referral that is not there yet
//   given/<ref>         a Task or ServiceRequest as it was written, where what was derived from the
//                       episode made something else of it
#pragma once

#include <string>
#include <vector>

#include "referrals/event.h"
#include "store/store.h"

namespace linkway::loop {

std::string episode_group(const std::string& episode);
std::string awaiting_group(const store::Key& referral);
std::string given_group(const store::Key& key);

/// Into its episode, in place of the same of that version.
void put_event(store::Writer& writer, const referrals::Event& event);
void remove_event(store::Writer& writer, const referrals::Event& event);

/// Those that are none any more are left out.
std::vector<referrals::Event> events_in(store::Reader& reader, const std::string& episode);

}  // namespace linkway::loop
