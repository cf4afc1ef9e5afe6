// Looks at a connection's moment: what both SqliteReader and SqliteWriter answer with. Private to
// store.
#pragma once

#include "connection.h"
#include "store/store.h"

namespace linkway::store {

std::optional<Version> read(Connection& connection, const Key& key, const Reach& reach);
std::optional<Version> read_version(Connection& connection, const Key& key, std::int64_t version,
                                    const Reach& reach);
std::vector<Change> history(Connection& connection, const HistoryQuery& query, const Reach& reach);
std::vector<Change> changes_after(Connection& connection, std::int64_t after, std::size_t most);
Page search(Connection& connection, const Search& search, const Reach& reach);
std::uint64_t count(Connection& connection, const Search& search, const Reach& reach);
std::vector<Delivery> deliveries(Connection& connection, const DeliveryQuery& query);
std::vector<std::string> due_destinations(Connection& connection, std::string_view channel,
                                          Instant now);
std::vector<Intake> intakes(Connection& connection, const IntakeQuery& query);
std::vector<Quarantined> quarantined(Connection& connection, const QuarantineQuery& query);
std::vector<Note> notes(Connection& connection, std::string_view group);

/// What Reader asks for, answered from a connection; Interface is Reader or Writer.
template <class Interface>
class Reads : public Interface {
  public:
    explicit Reads(Connection& connection) : connection_(connection) {}

    std::optional<Version> read(const Key& key, const Reach& reach) override {
        return store::read(connection_, key, reach);
    }
    std::optional<Version> read_version(const Key& key, std::int64_t version,
                                        const Reach& reach) override {
        return store::read_version(connection_, key, version, reach);
    }
    std::string practice(const Key& key) override {
        Row row;
        return find_row(connection_, key, row) && row.practice > 0
                   ? connection_.text_of(row.practice)
                   : std::string();
    }
    std::vector<Change> history(const HistoryQuery& query, const Reach& reach) override {
        return store::history(connection_, query, reach);
    }
    Page search(const Search& search, const Reach& reach) override {
        return store::search(connection_, search, reach);
    }
    std::uint64_t count(const Search& search, const Reach& reach) override {
        return store::count(connection_, search, reach);
    }
    std::vector<Change> changes_after(std::int64_t after, std::size_t most) override {
        return store::changes_after(connection_, after, most);
    }
    std::int64_t last_change() override {
        return connection_.database().ask("SELECT max(number) FROM change");
    }
    std::int64_t cursor(std::string_view name) override {
        auto& find = connection_.statement("SELECT position FROM cursor WHERE name = ?").with(name);
        const std::int64_t position = find.next() ? find.integer(0) : 0;
        find.reset();
        return position;
    }
    std::vector<Delivery> deliveries(const DeliveryQuery& query) override {
        return store::deliveries(connection_, query);
    }
    std::vector<std::string> due_destinations(std::string_view channel, Instant now) override {
        return store::due_destinations(connection_, channel, now);
    }
    std::vector<Intake> intakes(const IntakeQuery& query) override {
        return store::intakes(connection_, query);
    }
    std::vector<Quarantined> quarantined(const QuarantineQuery& query) override {
        return store::quarantined(connection_, query);
    }
    std::vector<Note> notes(std::string_view group) override {
        return store::notes(connection_, group);
    }
    const text::Status& failed() const override { return connection_.database().failed(); }

  protected:
    Connection& connection() { return connection_; }

  private:
    Connection& connection_;
};

}  // namespace linkway::store
