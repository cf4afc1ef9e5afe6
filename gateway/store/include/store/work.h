// Work that must not be forgotten: what goes out, what came in, what could not be used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/resource.h"

namespace linkway::store {

/// Something to hand over, until it has been handed over. What it says is made when it is sent,
/// except for `content`, which is sent as it is.
struct Delivery {
    enum class State : std::uint8_t {
        waiting,    ///< due at `due`
        delivered,  ///< handed over
        filed,      ///< and acknowledged: it stands in the record
        dead,       ///< given up: a person must look, then retry
    };
    std::int64_t id = 0;
    std::string key;          ///< stable name of what is told to whom: the same on every attempt
    std::string channel;      ///< "rest-hook", "record", "message"
    std::string destination;  ///< id of the Subscription, or "<system>/<ods>"
    Key subject;              ///< the resource it is about
    std::int64_t version = 0;
    std::string content;
    State state = State::waiting;
    std::uint32_t attempts = 0;
    Instant created = 0;
    Instant due = 0;        ///< of the next attempt
    Instant delivered = 0;  ///< 0 when not yet
    Instant filed = 0;
    std::string error;  ///< of the last attempt; no patient data
};
std::string_view to_code(Delivery::State state);

struct DeliveryQuery {
    std::string channel, destination, key;  ///< empty for any
    Key subject;                            ///< with an empty type for any
    std::optional<Delivery::State> state;
    std::optional<std::int64_t> id;
    std::optional<Instant> due_by;  ///< due at that time, or before
    std::size_t most = 1000;
};

/// One thing that came in: an extract in the inbox or posted.
struct Intake {
    enum class State : std::uint8_t {
        received,    ///< kept by its hash, nothing done yet
        translated,  ///< its resources are known, not all are stored
        done,
        failed,  ///< nothing of it was stored; `reason` says why
    };
    std::string id;      ///< SHA-256 of what came, hex
    std::string system;  ///< "emis"
    std::string name;    ///< as it was called when it came
    Instant received = 0;
    Instant changed = 0;
    State state = State::received;
    std::string reason;
    std::string reconciliation;   ///< JSON, when translated
    std::uint64_t resources = 0;  ///< stored so far
};
std::string_view to_code(Intake::State state);

struct IntakeQuery {
    std::string id;  ///< empty for any
    std::optional<Intake::State> state;
    std::size_t most = 1000;
};

/// A row or message that could not be used, kept whole so that a person can put it right and play
/// it again.
struct Quarantined {
    enum class State : std::uint8_t { waiting, edited, replayed, discarded };
    std::string id;  ///< derived: the same row of the same file gives the same
    std::string intake;
    std::string system;
    std::string file;
    std::string table;
    std::uint64_t line = 0;
    std::string reason;   ///< OperationOutcome, no patient data
    std::string content;  ///< header and row as they came, or as edited: patient data, never logged
    State state = State::waiting;
    Instant changed = 0;
};
std::string_view to_code(Quarantined::State state);

struct QuarantineQuery {
    std::string id, intake;  ///< empty for any
    std::optional<Quarantined::State> state;
    std::size_t most = 1000;
};

/// A document kept by name within a group.
struct Note {
    std::string name;
    std::string content;
};

}  // namespace linkway::store
