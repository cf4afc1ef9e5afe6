// What a person may look at and do about what goes out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace linkway::delivery {

// What is remembered of deliveries beside themselves.

/// That a delivery stands in a file of the outbox folder:
/// "emis/A81001/20261123T170528-00000042.csv".
void note_place(store::Writer& writer, std::int64_t delivery, const std::string& place);
std::vector<store::Delivery> deliveries_at(store::Reader& reader, const std::string& place);

/// What was said about it: "filed" (which entries, when, by whom; JSON), "reason" (why not, in the
/// practice's words, which may name a patient), "file" (its place). Empty for nothing.
std::string saying(store::Reader& reader, std::int64_t delivery, std::string_view what);
void note_saying(store::Writer& writer, std::int64_t delivery, std::string_view what,
                 const std::string& words);

/// A line of text for each, tabs between: id, state, attempts, when it is due, what is told to
/// whom, why the last attempt failed. No patient data.
std::string to_table(const std::vector<store::Delivery>& deliveries);
/// All of one and what was said about it, a line each. May hold what a practice wrote.
std::string describe(store::Reader& reader, const store::Delivery& delivery);

/// What may be asked of a running service, or of one when it is started.
enum class Ask : std::uint8_t {
    retry,    ///< of what is dead another life, of what waits its turn at once
    discard,  ///< of what is dead or waits: nobody is to hear of it
};
/// Leaves a note in the outbox folder. Issue: there is no such delivery among what `reader` sees,
/// or nothing of the kind can be done about it, or the note cannot be written.
text::Status ask(store::Reader& reader, const std::filesystem::path& outbox, Ask what,
                 std::int64_t delivery);
/// Does what was asked for. True when anything was.
text::Result<bool> take_asked(store::Store& store, const std::filesystem::path& outbox,
                              store::Instant now);

}  // namespace linkway::delivery
