// What goes out: look at it, try it again, leave it.
#include "delivery/outbox.h"

#include <charconv>
#include <filesystem>
#include <functional>
#include <iostream>

#include "command.h"
#include "look.h"

namespace linkway::cli {

namespace {

std::filesystem::path data_of(const Arguments& arguments) {
    return arguments.get("data", "linkway-data");
}

/// Looks at the store beside a service that may run on it; problems are printed.
int look(const Arguments& arguments, const std::function<text::Status(store::Reader&)>& what) {
    auto opened = look_at_store(data_of(arguments));
    if (!opened) {
        print({opened.issue()});
        return failed;
    }
    if (auto problem = (*opened)->read(what)) {
        print({*problem});
        return failed;
    }
    return done;
}

/// The deliveries in a state; all where none is named. False for a state that there is not.
bool read_state(const Arguments& arguments, store::DeliveryQuery& query) {
    using State = store::Delivery::State;
    const std::string name = arguments.get("state", "");
    for (const State state :
         {State::waiting, State::delivered, State::filed, State::dead, State::discarded}) {
        if (store::to_code(state) == name) {
            query.state = state;
        }
    }
    return name.empty() || query.state.has_value();
}

/// The operands as ids; empty when one is none, which is printed.
std::vector<std::int64_t> read_ids(const Arguments& arguments) {
    std::vector<std::int64_t> ids;
    for (const std::string& operand : arguments.operands) {
        std::int64_t id = 0;
        const char* const end = operand.data() + operand.size();
        const auto [stop, error] = std::from_chars(operand.data(), end, id);
        if (error != std::errc() || stop != end || id <= 0) {
            std::cerr << "linkway: " << operand << " is no id of the outbox\n";
            return {};
        }
        ids.push_back(id);
    }
    return ids;
}

int list(const Arguments& arguments) {
    store::DeliveryQuery query;
    query.channel = arguments.get("channel", "");
    query.destination = arguments.get("destination", "");
    if (!read_state(arguments, query)) {
        std::cerr << "linkway: --state is waiting, delivered, filed, dead or discarded\n";
        return usage_error;
    }
    return look(arguments, [&](store::Reader& reader) {
        std::cout << delivery::to_table(reader.deliveries(query));
        return text::Status();
    });
}

int show(const Arguments& arguments) {
    const auto ids = read_ids(arguments);
    if (ids.empty()) {
        return usage_error;
    }
    return look(arguments, [&](store::Reader& reader) -> text::Status {
        store::DeliveryQuery query;
        query.id = ids.front();
        const auto found = reader.deliveries(query);
        if (found.empty()) {
            return text::Issue{text::Severity::error,
                               "not-found",
                               "there is no delivery " + arguments.operands[0],
                               {},
                               "see linkway outbox list"};
        }
        std::cout << delivery::describe(reader, found.front());
        return {};
    });
}

int ask(const Arguments& arguments, delivery::Ask what) {
    const auto ids = read_ids(arguments);
    if (ids.empty()) {
        return usage_error;
    }
    const int result = look(arguments, [&](store::Reader& reader) -> text::Status {
        for (const std::int64_t id : ids) {
            if (auto problem = delivery::ask(reader, data_of(arguments) / "outbox", what, id)) {
                return problem;
            }
        }
        return {};
    });
    if (result == done) {
        std::cout << "asked for; the service does it at once, or when it is started\n";
    }
    return result;
}

int retry(const Arguments& arguments) {
    return ask(arguments, delivery::Ask::retry);
}

int discard(const Arguments& arguments) {
    return ask(arguments, delivery::Ask::discard);
}

Command command(const char* name, const char* usage, const char* summary) {
    Command made;
    made.name = name;
    made.usage = usage;
    made.summary = summary;
    made.options = {{"data", "", "DIR", "data folder (default: linkway-data)"}};
    return made;
}

}  // namespace

Command outbox_list_command() {
    Command made = command("outbox list", "[--state STATE] [--channel CHANNEL] [--destination TO]",
                           "what is to be handed over, and what became of it");
    made.description =
        "Lists the deliveries of the outbox, one a line with tabs between: id, state, attempts, "
        "when it is due, what is told\nto whom, and why the last attempt failed. No patient data. "
        "May be asked beside a running service.";
    made.options.push_back(
        {"state", "", "STATE", "waiting, delivered, filed, dead or discarded only"});
    made.options.push_back({"channel", "", "CHANNEL", "rest-hook, record or message only"});
    made.options.push_back(
        {"destination", "", "TO", "only to this Subscription, \"SYSTEM/ODS\" or \"messages/ODS\""});
    made.examples = {"linkway outbox list --state dead",
                     "linkway outbox list --destination emis/A81001"};
    made.run = list;
    return made;
}

Command outbox_show_command() {
    Command made = command("outbox show", "ID", "all that is known of one delivery");
    made.description =
        "Shows one delivery: its times, its file, what the practice said of it. What a practice "
        "wrote may name a patient.";
    made.examples = {"linkway outbox show 17"};
    made.min_operands = made.max_operands = 1;
    made.run = show;
    return made;
}

Command outbox_retry_command() {
    Command made = command("outbox retry", "ID...", "try dead letters again");
    made.description = "Gives dead letters another life, and what waits its turn at once.";
    made.examples = {"linkway outbox retry 17 18"};
    made.min_operands = 1;
    made.max_operands = 1000;
    made.run = retry;
    return made;
}

Command outbox_discard_command() {
    Command made = command("outbox discard", "ID...", "hand something over no more");
    made.description =
        "Takes what is dead or waits out of the outbox's work; it stays in the list as discarded.";
    made.examples = {"linkway outbox discard 17"};
    made.min_operands = 1;
    made.max_operands = 1000;
    made.run = discard;
    return made;
}

}  // namespace linkway::cli
