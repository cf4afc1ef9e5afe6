#include "sources/event_record.h"

namespace linkway::sources {

namespace {

using fhirpath::Collection;
using fhirpath::Value;
using fhirpath::ValueKind;

void put_text(ValueKind kind, std::string_view text, Collection& out,
              std::pmr::memory_resource& arena) {
    if (!text.empty()) {
        out.push_back(Value::of_text(kind, text), arena);
    }
}

void put_record(const fhirpath::Record* record, Collection& out, std::pmr::memory_resource& arena) {
    if (record != nullptr) {
        out.push_back(Value::of_record(*record), arena);
    }
}

}  // namespace

void EventRecord::field(std::size_t index, Collection& out,
                        std::pmr::memory_resource& arena) const {
    switch (index) {
        case 0:
            return put_text(ValueKind::string, referrals::to_code(event.kind), out, arena);
        case 1:
            return put_text(ValueKind::date, event.date, out, arena);
        case 2:
            return put_record(row, out, arena);
        case 3:
            return out.push_back(Value::of_boolean(event.link_worker), arena);
        default:
            out.push_back(Value::of_boolean(inbound), arena);
    }
}

void EpisodeRecord::field(std::size_t index, Collection& out,
                          std::pmr::memory_resource& arena) const {
    switch (index) {
        case 0:
            return put_text(ValueKind::string, id, out, arena);
        case 1:
            return put_text(ValueKind::string, task_status, out, arena);
        case 2:
            return put_text(ValueKind::string, request_status, out, arena);
        case 3:
            return put_record(referral, out, arena);
        case 4:
            for (const EventRecord* event : events) {
                put_record(event, out, arena);
            }
            return;
        case 5:
            return put_record(decision, out, arena);
        default:
            put_record(link_worker, out, arena);
    }
}

void SourceRecord::field(std::size_t index, Collection& out,
                         std::pmr::memory_resource& arena) const {
    switch (index) {
        case 0:
            return put_text(ValueKind::string, file, out, arena);
        case 1:
            return out.push_back(Value::of_integer(static_cast<std::int64_t>(row)), arena);
        case 2:
            return out.push_back(Value::of_integer(static_cast<std::int64_t>(line)), arena);
        case 3:
            return put_text(ValueKind::date_time, extracted, out, arena);
        case 4:
            return put_text(ValueKind::string, system, out, arena);
        default:
            put_text(ValueKind::string, mapping, out, arena);
    }
}

EventTypes::EventTypes(const fhirpath::RecordType& row) {
    event.name = "Event";
    event.fields = {{"kind", ValueKind::string, nullptr, false},
                    {"date", ValueKind::date, nullptr, false},
                    {"row", ValueKind::record, &row, false},
                    {"linkWorker", ValueKind::boolean, nullptr, false},
                    {"inbound", ValueKind::boolean, nullptr, false}};
    episode.name = "Episode";
    episode.fields = {{"id", ValueKind::string, nullptr, false},
                      {"taskStatus", ValueKind::string, nullptr, false},
                      {"requestStatus", ValueKind::string, nullptr, false},
                      {"referral", ValueKind::record, &event, false},
                      {"events", ValueKind::record, &event, true},
                      {"decision", ValueKind::record, &event, false},
                      {"linkWorker", ValueKind::record, &event, false}};
    source.name = "Source";
    source.fields = {{"file", ValueKind::string, nullptr, false},
                     {"row", ValueKind::integer, nullptr, false},
                     {"line", ValueKind::integer, nullptr, false},
                     {"extracted", ValueKind::date_time, nullptr, false},
                     {"system", ValueKind::string, nullptr, false},
                     {"mapping", ValueKind::string, nullptr, false}};
}

}  // namespace linkway::sources
