// Where everything is kept that the service must not lose: versioned resources and what is found
// by searching them, the journal of changes, the outbox, the ledger of what came in, quarantine,
// the events of episodes. One interface for two back ends: SQLite (sqlite_store.h), PostgreSQL
// later.
//
// Reads see one moment. A write is a function that runs inside a transaction: it looks, decides and
// writes, and may be run again from the start when the back end could not keep it apart from
// another, so it must change nothing but the store. Store::write returns when what it did is on
// disk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/resource.h"
#include "store/search.h"
#include "store/work.h"
#include "text/issue.h"

namespace linkway::store {

/// Looks at one moment of the store. Not thread-safe: each call of Store::read has its own.
///
/// Every look at resources is through a Reach: what is not within it is as if it were not there.
class Reader {
  public:
    virtual ~Reader() = default;

    /// The current version, a deletion included; nothing when there never was one within reach.
    virtual std::optional<Version> read(const Key& key, const Reach& reach) = 0;
    /// One version, as it was.
    virtual std::optional<Version> read_version(const Key& key, std::int64_t version,
                                                const Reach& reach) = 0;
    /// Ods code of the practice whose the resource is; empty when it is no practice's or not there.
    virtual std::string practice(const Key& key) = 0;
    /// Versions, the newest first; of the store (empty type), a type (empty id) or a resource.
    virtual std::vector<Change> history(const HistoryQuery& query, const Reach& reach) = 0;

    virtual Page search(const Search& search, const Reach& reach) = 0;
    /// How many it finds in all.
    virtual std::uint64_t count(const Search& search, const Reach& reach) = 0;

    /// Changes after the journal's entry `after`, in order, at most `most`.
    virtual std::vector<Change> changes_after(std::int64_t after, std::size_t most) = 0;
    /// The journal's last number; 0 when it is empty.
    virtual std::int64_t last_change() = 0;
    /// Up to where the reader of that name has worked the journal off.
    virtual std::int64_t cursor(std::string_view name) = 0;

    virtual std::vector<Delivery> deliveries(const DeliveryQuery& query) = 0;
    /// Destinations of a channel for which something is due, those that wait longest first.
    virtual std::vector<std::string> due_destinations(std::string_view channel, Instant now) = 0;
    virtual std::vector<Intake> intakes(const IntakeQuery& query) = 0;
    virtual std::vector<Quarantined> quarantined(const QuarantineQuery& query) = 0;
    /// Documents that parts of Linkway keep by name within a group, e.g. the events of an episode;
    /// in the order of their names.
    virtual std::vector<Note> notes(std::string_view group) = 0;

    /// What went wrong in the back end, if anything did: what was found is then not to be relied
    /// on. Store::read returns it, so that callers need not ask.
    virtual const text::Status& failed() const = 0;
};

class Writer : public Reader {
  public:
    /// Makes the next version, unless the content is that of the current one: then nothing happens
    /// and `changed` is false. The first one of a resource that was deleted goes on counting.
    virtual Written put(const Prepared& resource, const Change::Origin& origin) = 0;
    /// Makes a version that says "deleted"; nothing happens when there is nothing to delete.
    virtual Written remove(const Key& key, const Change::Origin& origin) = 0;
    /// Lets an organisation see a resource, and what it refers to as far as tenancy.h says.
    virtual void grant(const Key& key, std::string_view ods) = 0;

    virtual void set_cursor(std::string_view name, std::int64_t to) = 0;

    /// Enters a delivery, unless there is one with its key: a change is told once to each that is
    /// to hear of it, however often this is asked.
    virtual bool enqueue(const Delivery& delivery) = 0;
    /// Takes up to `most` deliveries to a destination that are due and gives them to this caller
    /// alone until `until`; who dies with them gives them back so. Of those about one resource only
    /// the first that waits is given out: what is told of it is told in order.
    virtual std::vector<Delivery> claim(std::string_view channel, std::string_view destination,
                                        Instant now, Instant until, std::size_t most) = 0;
    /// Writes state, attempts, due, error and the times of a delivery.
    virtual void settle(const Delivery& delivery) = 0;

    virtual void put_intake(const Intake& intake) = 0;
    /// Enters or changes what is in quarantine; by its id.
    virtual void put_quarantined(const Quarantined& item) = 0;

    /// False when it is there already with that content.
    virtual bool put_note(std::string_view group, const Note& note) = 0;

    /// Remembers a token's id until it has expired; false when it was there already.
    virtual bool first_use(std::string_view issuer, std::string_view token_id, Instant expires,
                           Instant now) = 0;
};

/// Thread-safe.
class Store {
  public:
    virtual ~Store() = default;

    /// Runs `look` on one moment of the store. Issue: what it returned, or what the back end says.
    virtual text::Status read(const std::function<text::Status(Reader&)>& look) = 0;

    /// Runs `change` in a transaction of its own and returns when it is durable. With an issue
    /// nothing of it was kept: that which `change` returned, or the back end's ("no-store" for a
    /// full disk: the store goes on working once there is room).
    virtual text::Status write(const std::function<text::Status(Writer&)>& change) = 0;
};

}  // namespace linkway::store
