// Resources to entries of a timeline. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/story.h"
#include "patient_resources.h"
#include "people.h"

namespace linkway::pages {

enum class TaskPurpose : std::uint8_t { fulfil, abort, onward, action };
TaskPurpose purpose_of(const text::Node& task);

/// The coded event of the record that a concept is: "seen", "closed", ...; "near" for what is near
/// social prescribing; empty for anything else.
std::string event_code(const text::Node& resource, std::string_view path,
                       const terminology::Terminology& codes);

/// One value of an Observation, or of a component of one.
struct Value {
    const text::Node* node = nullptr;  ///< that has code and value
    const referrals::Measure* measure = nullptr;
    std::string title;   ///< of the measure
    std::string value;   ///< in words: "7", "22 points", "not given (Not asked)"
    std::string number;  ///< as written, when it is one that the measure takes
    std::string metric;
    std::string unit;
};
std::vector<Value> values_of(const text::Node& observation, const referrals::Measures& measures);

/// What a known measure is called: "Life satisfaction".
std::string measure_title(const referrals::Measure& measure, std::string_view otherwise);

/// When an Observation was made; empty when it does not say.
std::string effective(const text::Node& observation);

/// What reads entries; must not outlive what it was made with.
class EntryReader {
  public:
    EntryReader(People& people, const loop::Knowledge& knowledge, store::Instant now)
        : people_(people), knowledge_(knowledge), now_(now) {}

    /// Nothing for what is no entry: a Task of a referral, what was entered in error or is not
    /// yet done. Filing and the times of delivery are left as they are.
    std::optional<Entry> read(const Held& held);
    Action action(const text::Node& task);

  private:
    bool task(const text::Node& node, Entry& entry);
    bool request(const text::Node& node, Entry& entry);
    bool contact(const text::Node& node, Entry& entry);
    bool observation(const text::Node& node, Entry& entry);
    bool answers(const text::Node& node, Entry& entry);
    bool message(const text::Node& node, Entry& entry);
    bool lies_ahead(const std::string& when) const;

    People& people_;
    const loop::Knowledge& knowledge_;
    store::Instant now_;
};

}  // namespace linkway::pages
