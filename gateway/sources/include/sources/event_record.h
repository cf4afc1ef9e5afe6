// What templates see beside the row: the event it stands for, its episode, and where it came from.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/value.h"
#include "referrals/episode.h"
#include "sources/row.h"

namespace linkway::sources {

class EpisodeRecord;

/// %event: kind, date, row, linkWorker, inbound.
class EventRecord final : public fhirpath::Record {
  public:
    using Record::Record;
    void field(std::size_t index, fhirpath::Collection& out,
               std::pmr::memory_resource& arena) const override;

    const Row* row = nullptr;
    const Row* subject = nullptr;
    referrals::Entry event;
    bool inbound = false;  ///< a referral that the practice received
    const EpisodeRecord* episode = nullptr;
};

/// %episode: id, taskStatus, requestStatus, referral, events, decision, linkWorker. Of an event
/// that belongs to no referral only `id` is empty and `events` too.
class EpisodeRecord final : public fhirpath::Record {
  public:
    using Record::Record;
    void field(std::size_t index, fhirpath::Collection& out,
               std::pmr::memory_resource& arena) const override;

    std::string_view id;          ///< of the row that opened it, or of its like in another feed
    const Row* opener = nullptr;  ///< of a referral: that row here
    std::string_view task_status;
    std::string_view request_status;
    const EventRecord* referral =
        nullptr;  ///< itself for a referral; the one it belongs to for another event
    std::vector<const EventRecord*> events;
    const EventRecord* decision = nullptr;
    const EventRecord* link_worker = nullptr;
};

/// A reference that a resource makes: the template that must then give a resource of that row.
struct Demand {
    std::uint32_t templ = 0;
    const Row* row = nullptr;
};

/// %source: file, row, line, extracted, system, mapping. Also collects what the templates refer to
/// while they run.
class SourceRecord final : public fhirpath::Record {
  public:
    using Record::Record;
    void field(std::size_t index, fhirpath::Collection& out,
               std::pmr::memory_resource& arena) const override;

    std::string_view file;
    std::uint64_t row = 0;
    std::uint64_t line = 0;
    std::string_view extracted;
    std::string_view system;
    std::string_view mapping;
    std::vector<Demand>* demands = nullptr;
};

/// The record types of the above for one event table. Stays where it is.
struct EventTypes {
    explicit EventTypes(const fhirpath::RecordType& row);
    EventTypes(const EventTypes&) = delete;
    EventTypes& operator=(const EventTypes&) = delete;

    fhirpath::RecordType event;
    fhirpath::RecordType episode;
    fhirpath::RecordType source;
};

}  // namespace linkway::sources
