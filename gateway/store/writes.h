// What a transaction changes. Private to store.
#pragma once

#include "reads.h"

namespace linkway::store {

Written put(Connection& connection, const Prepared& resource, const Change::Origin& origin);
Written remove(Connection& connection, const Key& key, const Change::Origin& origin);

/// Tenancy, see tenancy.h. `row` is that of the resource, just written.
void settle_tenancy(Connection& connection, const Prepared& resource, Row& row);
void grant(Connection& connection, const Key& key, Name ods);

class SqliteWriter final : public Reads<Writer> {
  public:
    using Reads<Writer>::Reads;

    Written put(const Prepared& resource, const Change::Origin& origin) override;
    Written remove(const Key& key, const Change::Origin& origin) override;
    void grant(const Key& key, std::string_view ods) override;
    void set_cursor(std::string_view name, std::int64_t to) override;
    bool enqueue(const Delivery& delivery) override;
    std::vector<Delivery> claim(std::string_view channel, std::string_view destination, Instant now,
                                Instant until, std::size_t most) override;
    void settle(const Delivery& delivery) override;
    void put_intake(const Intake& intake) override;
    void put_quarantined(const Quarantined& item) override;
    bool put_note(std::string_view group, const Note& note) override;
    bool first_use(std::string_view issuer, std::string_view token_id, Instant expires,
                   Instant now) override;
};

}  // namespace linkway::store
