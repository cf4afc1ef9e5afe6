// Reads the journal of changes and enters, for each, what is to go out: in one transaction with how
// far it has read, so that nothing is told twice or forgotten whenever the process is killed.
//
//   rest-hook  to every Subscription that a created or changed resource fits and whose owner may
//              see it; and the handshake with one that is asked for
//   record     what a link worker or provider did, as an entry for the practice's system
//   message    the message back, when the Task of a referral comes to its end
//
// An entry that an extract brings back is filed, whether or not anybody has said so.
//
// A change that another has overtaken before it was read is judged by what the resource has become:
// nobody is sent after a referral that is withdrawn already.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "delivery/parts.h"

namespace linkway::delivery {

class Router {
  public:
    /// `parts` outlives it.
    explicit Router(const Parts& parts) : parts_(parts) {}

    struct Turn {
        bool more = false;     ///< there were changes, and there may be more
        bool entered = false;  ///< something is to go out
    };
    /// Works off a batch of changes. Not thread-safe.
    text::Result<Turn> turn();

  private:
    struct Subscriber {
        Subscription subscription;
        store::Reach reach;
        std::optional<Told> told;  ///< once it has been active
    };

    void learn(store::Reader& reader);
    void plan(store::Reader& reader, const store::Change& change);
    void plan_hooks(store::Reader& reader, const store::Change& change);
    void plan_entry(store::Reader& reader, const store::Change& change);
    void plan_message(store::Reader& reader, const store::Change& change);
    std::string last_content(store::Reader& reader, const std::string& destination,
                             const store::Key& subject) const;
    store::Delivery& add(const char* channel, std::string destination, const store::Key& subject,
                         std::int64_t version);

    const Parts& parts_;
    bool learned_ = false;
    std::map<std::string, Subscriber, std::less<>> subscribers_;  ///< by id
    std::vector<store::Delivery> planned_;
    std::vector<std::pair<std::string, store::Instant>> came_back_;  ///< entries, and when
};

}  // namespace linkway::delivery
