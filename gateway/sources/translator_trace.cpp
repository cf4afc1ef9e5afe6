#include <algorithm>

#include "worker.h"

namespace linkway::sources {

namespace {

SourceRow place(const Row& row, const Staging& staging) {
    return {std::string(staging.origin(row).display), row.number, row.line,
            row.set().definition().name, row.key()};
}

/// Gives what the engine traced its places in the input.
class Sourcing {
  public:
    Sourcing(const Staging& staging, fhirpath::Runtime& runtime)
        : mapping_(staging.mapping()), staging_(staging), runtime_(runtime) {}

    SourcePart part(mapping::TracedPart traced) {
        for (mapping::TracedValue& value : traced.values) {
            value.text = value.record == nullptr ? std::move(value.text) : words(*value.record);
        }
        const std::vector<mapping::TracedRead> reads = std::move(traced.reads);
        SourcePart result = without_rows(std::move(traced));
        for (const mapping::TracedRead& read : reads) {
            note(read, result);
        }
        return result;
    }

  private:
    std::string words(const fhirpath::Record& record) const {
        if (const auto* row = dynamic_cast<const Row*>(&record)) {
            return row->set().definition().name + " row " + std::to_string(row->number);
        }
        if (const auto* event = dynamic_cast<const EventRecord*>(&record)) {
            return "event \"" + std::string(referrals::to_code(event->event.kind)) + "\" of row " +
                   std::to_string(event->row->number);
        }
        return std::string(record.type().name);
    }

    void note(const mapping::TracedRead& read, SourcePart& result) {
        const std::string_view name = read.record->type().fields[read.field].name;
        if (const auto* row = dynamic_cast<const Row*>(read.record)) {
            cell(*row, read.field, result);
        } else if (const auto* event = dynamic_cast<const EventRecord*>(read.record)) {
            rule(*event, name, result);
        } else if (const auto* episode = dynamic_cast<const EpisodeRecord*>(read.record)) {
            if (episode->referral != nullptr) {
                event_of(*episode->referral, result);
            }
            for (const EventRecord* each : episode->events) {
                event_of(*each, result);
            }
        }
    }

    void event_of(const EventRecord& event, SourcePart& result) const {
        result.events.push_back({place(*event.row, staging_),
                                 std::string(referrals::to_code(event.event.kind)),
                                 std::string(event.event.date)});
    }

    void cell(const Row& row, std::size_t field, SourcePart& result) const {
        const auto& columns = row.set().definition().columns;
        const auto add = [&](std::size_t column) {
            const bool kept = !staging_.is_of_this_run(row);
            result.cells.push_back(
                {place(row, staging_), columns[column].name,
                 kept ? std::string(row.raw(static_cast<int>(column))) : std::string(), kept});
        };
        if (field < columns.size()) {
            return add(field);
        }
        // A link: the cells that lead to the other row.
        const Navigation& way =
            row.set().graph().navigations(row.set().table())[field - columns.size()];
        for (const auto& [here, there] : way.columns) {
            add(static_cast<std::size_t>(here));
        }
    }

    /// What event.yaml says of a row, shown over the row that the event stands for.
    void rule(const EventRecord& event, std::string_view name, SourcePart& result) {
        const EventRules& rules = mapping_.events();
        const std::optional<fhirpath::Expression>* expression = name == "kind"   ? &rules.kind
                                                                : name == "date" ? &rules.date
                                                                : name == "linkWorker"
                                                                    ? &rules.link_worker
                                                                : name == "inbound" ? &rules.inbound
                                                                                    : nullptr;
        if (expression == nullptr || !*expression) {
            return;
        }
        result.rule = name;
        const auto before = runtime_.variables;
        std::vector<fhirpath::Collection> variables(before.begin(), before.end());
        variables[row_slot] = fhirpath::Collection(fhirpath::Value::of_record(*event.row));
        runtime_.variables = variables;
        const auto environment = mapping_.environment(&mapping_.graph().type(rules.table), false);
        for (mapping::TracedPart& traced :
             mapping::trace((*expression)->ast(), environment, runtime_)) {
            result.rule_parts.push_back(part(std::move(traced)));
        }
        runtime_.variables = before;
    }

    const SystemMapping& mapping_;
    const Staging& staging_;
    fhirpath::Runtime& runtime_;
};

bool is_asked_for(const Row& row, const TraceRequest& request) {
    return request.id.empty()
               ? row.set().definition().name == request.table && row.key() == request.key
               : row.id == request.id;
}

bool is_asked_for(const MappedTemplate& templ, const TraceRequest& request) {
    return request.resource_type.empty() || templ.source.resource_type == request.resource_type;
}

}  // namespace

ResourceTrace Translator::trace_template(Worker& worker, std::size_t templ, const Row& row) {
    const MappedTemplate& each = mapping_.templates()[templ];
    Sourcing sourcing(staging_, worker.runtime);
    ResourceTrace result =
        resource_trace(mapping::trace(each.plan, worker.runtime),
                       [&](mapping::TracedPart part) { return sourcing.part(std::move(part)); });
    result.resource_type = each.source.resource_type;
    result.id = row.id;
    result.template_file = each.source.file;
    result.row = place(row, staging_);
    if (row.fate == Fate::rejected || row.fate == Fate::held || row.fate == Fate::not_relevant) {
        result.fate = std::string(to_string(row.fate)) + ": " + std::string(row.reason);
    }
    return result;
}

/// Events are told with all others of their patient: the episode decides on much of the resource.
void Translator::trace_event(const EventRecord& event, const TraceRequest& request,
                             std::vector<ResourceTrace>& result) {
    std::vector<EventRecord*> events;
    for (EventRecord* each : living_) {
        if (each->subject == event.subject) {
            events.push_back(each);
        }
    }
    Worker worker(mapping_.types());
    Chunk unused;
    while (const auto failed = attempt(worker, 0, unused, events)) {
        if (events[*failed] == &event) {
            break;
        }
        events.erase(events.begin() + static_cast<std::ptrdiff_t>(*failed));
    }
    const std::vector<EpisodeRecord> episodes = replay(events);
    for (std::size_t t = 0; t < mapping_.templates().size(); ++t) {
        const MappedTemplate& templ = mapping_.templates()[t];
        if (!templ.on_event || !is_asked_for(templ, request)) {
            continue;
        }
        worker.begin(*event.row, &event);
        set_source(worker.source, *event.row);
        const auto applies = worker.runner.applies(templ.plan, worker.runtime);
        if (applies && *applies) {
            result.push_back(trace_template(worker, t, *event.row));
        }
    }
}

std::vector<ResourceTrace> Translator::trace(const TraceRequest& request) {
    classify();
    gather();
    identify();
    pull();
    spread_failures();
    std::vector<ResourceTrace> result;
    for (const EventRecord* event : living_) {
        if (is_asked_for(*event->row, request)) {
            trace_event(*event, request, result);
        }
    }
    for (std::size_t t = 0; t < mapping_.templates().size(); ++t) {
        const MappedTemplate& templ = mapping_.templates()[t];
        RowSet* set = templ.on_event ? nullptr : staging_.set(templ.table);
        if (set == nullptr || !is_asked_for(templ, request)) {
            continue;
        }
        for (const Row* row : set->living()) {
            if (is_asked_for(*row, request)) {
                Worker worker(mapping_.types());
                worker.begin(*row);
                set_source(worker.source, *row);
                result.push_back(trace_template(worker, t, *row));
            }
        }
    }
    return result;
}

}  // namespace linkway::sources
