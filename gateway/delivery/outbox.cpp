#include "delivery/outbox.h"

#include <charconv>
#include <fstream>
#include <system_error>

#include "durable_file.h"

namespace linkway::delivery {

namespace {

namespace fs = std::filesystem;
using State = store::Delivery::State;

constexpr const char* asked_folder = ".asked";

std::string file_group(const std::string& place) {
    return "outbox/" + place;
}

std::string saying_group(std::int64_t delivery) {
    return "delivery/" + std::to_string(delivery);
}

std::string_view to_code(Ask what) {
    return what == Ask::retry ? "retry" : "discard";
}

bool is_open(State state) {
    return state == State::dead || state == State::waiting;
}

std::vector<store::Delivery> one(store::Reader& reader, std::int64_t id) {
    store::DeliveryQuery query;
    query.id = id;
    return reader.deliveries(query);
}

std::string time_of(store::Instant at) {
    return at == 0 ? "-" : store::to_instant(at);
}

/// "retry-17"; 0 for a name that is none.
std::int64_t id_in(std::string_view name, Ask what) {
    std::int64_t id = 0;
    const std::string before = std::string(to_code(what)) + "-";
    if (name.substr(0, before.size()) == before) {
        name.remove_prefix(before.size());
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
        id = error == std::errc() && end == name.data() + name.size() ? id : 0;
    }
    return id;
}

}  // namespace

void note_place(store::Writer& writer, std::int64_t delivery, const std::string& place) {
    writer.put_note(file_group(place), {std::to_string(delivery), ""});
    note_saying(writer, delivery, "file", place);
}

std::vector<store::Delivery> deliveries_at(store::Reader& reader, const std::string& place) {
    std::vector<store::Delivery> found;
    for (const store::Note& note : reader.notes(file_group(place))) {
        std::int64_t id = 0;
        std::from_chars(note.name.data(), note.name.data() + note.name.size(), id);
        for (store::Delivery& delivery : one(reader, id)) {
            found.push_back(std::move(delivery));
        }
    }
    return found;
}

std::string saying(store::Reader& reader, std::int64_t delivery, std::string_view what) {
    for (store::Note& note : reader.notes(saying_group(delivery))) {
        if (note.name == what) {
            return std::move(note.content);
        }
    }
    return {};
}

void note_saying(store::Writer& writer, std::int64_t delivery, std::string_view what,
                 const std::string& words) {
    writer.put_note(saying_group(delivery), {std::string(what), words});
}

std::string to_table(const std::vector<store::Delivery>& deliveries) {
    std::string out = "id\tstate\tattempts\tdue\tkey\terror\n";
    for (const store::Delivery& each : deliveries) {
        const bool waits = each.state == State::waiting;
        out += std::to_string(each.id) + "\t" + std::string(store::to_code(each.state)) + "\t" +
               std::to_string(each.attempts) + "\t" + time_of(waits ? each.due : 0) + "\t" +
               each.key + "\t" + each.error + "\n";
    }
    return out;
}

std::string describe(store::Reader& reader, const store::Delivery& delivery) {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            out.append(name).append(": ").append(value).append("\n");
        }
    };
    line("id", std::to_string(delivery.id));
    line("key", delivery.key);
    line("channel", delivery.channel);
    line("destination", delivery.destination);
    line("about", delivery.subject.type + "/" + delivery.subject.id + "/_history/" +
                      std::to_string(delivery.version));
    line("state", store::to_code(delivery.state));
    line("attempts", std::to_string(delivery.attempts));
    line("created", time_of(delivery.created));
    line("due", delivery.state == State::waiting ? time_of(delivery.due) : "");
    line("delivered", delivery.delivered == 0 ? "" : time_of(delivery.delivered));
    line("filed", delivery.filed == 0 ? "" : time_of(delivery.filed));
    line("error", delivery.error);
    for (const char* what : {"file", "filed", "reason"}) {
        line(what == std::string_view("filed") ? "entries filed" : what,
             saying(reader, delivery.id, what));
    }
    return out;
}

text::Status ask(store::Reader& reader, const fs::path& outbox, Ask what, std::int64_t delivery) {
    const auto found = one(reader, delivery);
    const std::string id = std::to_string(delivery);
    if (found.empty()) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "there is no delivery " + id,
                           {},
                           "see linkway outbox list"};
    }
    if (!is_open(found.front().state)) {
        return text::Issue{text::Severity::error,
                           "conflict",
                           "the delivery " + id + " is " +
                               std::string(store::to_code(found.front().state)) + " already",
                           {},
                           {}};
    }
    return write_durably(outbox / asked_folder / (std::string(to_code(what)) + "-" + id), "");
}

text::Result<bool> take_asked(store::Store& store, const fs::path& outbox, store::Instant now) {
    std::error_code error;
    bool any = false;
    for (const auto& entry : fs::directory_iterator(outbox / asked_folder, error)) {
        const std::string name = entry.path().filename().string();
        for (const Ask what : {Ask::retry, Ask::discard}) {
            const std::int64_t id = id_in(name, what);
            if (id == 0) {
                continue;
            }
            if (auto failed = store.write([&](store::Writer& writer) {
                    for (store::Delivery& delivery : one(writer, id)) {
                        if (is_open(delivery.state)) {
                            delivery.state = what == Ask::retry ? State::waiting : State::discarded;
                            delivery.attempts = 0;
                            delivery.due = now;
                            writer.settle(delivery);
                        }
                    }
                    return text::Status();
                })) {
                return *std::move(failed);
            }
            fs::remove(entry.path(), error);
            any = true;
        }
    }
    return any;
}

}  // namespace linkway::delivery
