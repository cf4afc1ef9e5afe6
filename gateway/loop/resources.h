// Resources by reference: those that are being written, then those that are stored. Private to
// loop.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "store/store.h"

namespace linkway::loop {

std::string reference_of(const store::Key& key);
/// Of "Task/1" or "Task/1/_history/2".
store::Key key_of(std::string_view reference);

class Resources {
  public:
    explicit Resources(store::Reader& reader) : reader_(reader) {}

    void add(const store::Key& key, std::string_view json);
    /// nullptr when there is none.
    const text::Node* find(std::string_view reference);
    /// The episode of a resource: what it says, else that of the referral it hangs on. Of a Task
    /// the referral's comes first: who wrote the Task may not know that it is another by now.
    std::string episode(const text::Node& resource, int depth = 0);
    /// Ods code of an organisation, or of the one that a role or service belongs to; empty when it
    /// is not known.
    std::string organisation(const store::Key& key);

  private:
    store::Reader& reader_;
    std::deque<text::Document> documents_;
    std::map<std::string, const text::Node*, std::less<>> known_;
};

}  // namespace linkway::loop
