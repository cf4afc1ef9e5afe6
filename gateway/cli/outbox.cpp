#include <filesystem>
#include <iostream>

#include "command.h"
#include "delivery/worker.h"
#include "store/sqlite_store.h"

namespace linkway::cli {

namespace {

text::Result<std::unique_ptr<store::Store>> look(const Arguments& arguments) {
    store::SqliteOptions options;
    options.path =
        (std::filesystem::path(arguments.get("data", "linkway-data")) / "store.sqlite").string();
    options.readers = 1;
    options.look_only = true;
    return store::open_sqlite(options);
}

/// The deliveries in a state; all where none is named. False for a state that there is not.
bool read_state(const Arguments& arguments, store::DeliveryQuery& query) {
    using State = store::Delivery::State;
    const std::string name = arguments.get("state", "");
    for (const State state : {State::waiting, State::delivered, State::filed, State::dead}) {
        if (store::to_code(state) == name) {
            query.state = state;
        }
    }
    return name.empty() || query.state.has_value();
}

int list(const Arguments& arguments) {
    store::DeliveryQuery query;
    if (!read_state(arguments, query)) {
        std::cerr << "linkway: --state is waiting, delivered, filed or dead\n";
        return usage_error;
    }
    auto opened = look(arguments);
    if (!opened) {
        print({opened.issue()});
        return failed;
    }
    std::vector<store::Delivery> found;
    if (auto problem = (*opened)->read([&](store::Reader& reader) {
            found = reader.deliveries(query);
            return text::Status();
        })) {
        print({*problem});
        return failed;
    }
    std::cout << "id\tstate\tattempts\tdue\tkey\terror\n";
    for (const store::Delivery& one : found) {
        std::cout << one.id << '\t' << store::to_code(one.state) << '\t' << one.attempts << '\t'
                  << store::to_instant(one.due) << '\t' << one.key << '\t' << one.error << '\n';
    }
    return done;
}

int retry(const Arguments& arguments) {
    for (const std::string& id : arguments.operands) {
        if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos) {
            std::cerr << "linkway: " << id << " is no id of the outbox\n";
            return usage_error;
        }
        if (auto problem = delivery::ask_to_retry(
                std::filesystem::path(arguments.get("data", "linkway-data")) / "outbox",
                std::stoll(id))) {
            print({*problem});
            return failed;
        }
    }
    std::cout << "asked for; the service tries again at once, or when it is started\n";
    return done;
}

}  // namespace

Command outbox_list_command() {
    Command command;
    command.name = "outbox list";
    command.usage = "[--state STATE]";
    command.summary = "what is to be handed over, and what became of it";
    command.description =
        "Lists the deliveries of the outbox, one a line with tabs between: id, state, attempts, "
        "when it is due, what is told\nto whom, and why the last attempt failed. No patient data. "
        "May be asked beside a running service.";
    command.options = {
        {"data", "", "DIR", "data folder (default: linkway-data)"},
        {"state", "", "STATE", "waiting, delivered, filed or dead only"},
    };
    command.examples = {"linkway outbox list --state dead"};
    command.run = list;
    return command;
}

Command outbox_retry_command() {
    Command command;
    command.name = "outbox retry";
    command.usage = "ID...";
    command.summary = "try dead letters again";
    command.description = "Gives dead letters another life, and what waits its turn at once.";
    command.options = {{"data", "", "DIR", "data folder (default: linkway-data)"}};
    command.examples = {"linkway outbox retry 17 18"};
    command.min_operands = 1;
    command.max_operands = 1000;
    command.run = retry;
    return command;
}

}  // namespace linkway::cli
