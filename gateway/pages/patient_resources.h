// What the store holds of one patient, within reach. Private to this folder.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "text/node.h"

namespace linkway::pages {

struct Held {
    store::Key key;
    const text::Node* node = nullptr;
    store::Instant updated = 0;
    store::Instant received = 0;  ///< when its first version came
    bool from_record = false;     ///< an extract brought that version
};

/// Most resources of one type that a page is made of: the latest.
inline constexpr std::size_t most_of_a_type = 1'000;

/// Reads the resources that tell of the patient's referrals, and others as they are referred to.
/// Must not outlive the reader.
class PatientResources {
  public:
    PatientResources(store::Reader& reader, const store::Reach& reach)
        : reader_(reader), reach_(reach) {}

    void load(std::string_view patient);

    /// In the order in which they came.
    const std::vector<Held>& all() const { return all_; }
    bool complete() const { return complete_; }

    /// The resource of a reference, or nullptr.
    const text::Node* find(std::string_view reference);
    /// The one of those loaded, or nullptr.
    const Held* held(std::string_view reference) const;

    store::Reader& reader() { return reader_; }

  private:
    void load_type(std::string_view type, std::string_view patient);
    const text::Node* keep(const store::Version& version);

    store::Reader& reader_;
    const store::Reach& reach_;
    std::vector<Held> all_;
    bool complete_ = true;
    std::deque<text::Document> documents_;
    std::map<std::string, const text::Node*, std::less<>> known_;
};

}  // namespace linkway::pages
