#include "intake/intake.h"

#include <algorithm>
#include <tuple>

#include "account.h"
#include "raw.h"
#include "rejected.h"
#include "sources/inventory.h"
#include "stamp.h"
#include "text/json_writer.h"

namespace linkway::intake {

namespace fs = std::filesystem;
using text::Issue;
using text::Result;
using text::Severity;
using text::Status;

namespace {

constexpr const char* again_group = "intake-again";
constexpr store::Instant retry_after = 5'000;

}  // namespace

Intake::Intake(Parts parts, Options options)
    : parts_(std::move(parts)), options_(std::move(options)) {
    if (!parts_.apply) {
        parts_.apply = [](store::Writer& writer, std::span<const store::Prepared> resources,
                          const store::Change::Origin& origin) {
            for (const store::Prepared& each : resources) {
                writer.put(each, origin);
            }
            return Status();
        };
    }
}

void Intake::note(const Issue& issue) const {
    if (parts_.note) {
        parts_.note(issue);
    }
}

Status Intake::put(store::Intake& entry) {
    entry.changed = parts_.now();
    return parts_.store->write([&](store::Writer& writer) {
        writer.put_intake(entry);
        return Status();
    });
}

Result<std::string> Intake::accept(const Arrival& arrival) {
    auto incoming = Incoming::begin(*parts_.folder);
    if (!incoming) {
        return std::move(incoming).issue();
    }
    for (const fs::path& part : arrival.parts) {
        if (Status failed = incoming->copy(part)) {
            return *failed;
        }
    }
    if (stamp_of(arrival.parts).hash != arrival.stamp) {
        return Issue{Severity::information,
                     "conflict",
                     "it changed while it was read; it is left until it no longer does",
                     {safe_name(arrival.name), 0, 0, {}},
                     "write it under another name and rename it when it is complete"};
    }
    const std::string name = safe_name(arrival.name);
    const std::lock_guard lock(keeping_);
    auto id = incoming->commit({arrival.system, name, {}, {}});
    if (id) {
        if (Status failed = enter(*id, arrival.system, name)) {
            return *failed;
        }
        std::error_code error;
        if (stamp_of(arrival.parts).hash != arrival.stamp) {
            return id;  // somebody goes on with it: what it will be is something else
        }
        for (const auto* paths : {&arrival.parts, &arrival.marks}) {
            for (const fs::path& path : *paths) {
                // At once: what a kill left of a folder would be taken for another extract.
                const fs::path gone = parts_.folder->raw() / (".incoming-taken-" + *id);
                fs::rename(path, gone, error);
                fs::remove_all(error ? path : gone, error);
            }
        }
    }
    return id;
}

Result<std::string> Intake::accept_upload(const std::string& system, const fs::path& file,
                                          const std::string& name) {
    if (auto mapping = parts_.mappings->get(system); !mapping) {
        return std::move(mapping).issue();
    }
    auto incoming = Incoming::begin(*parts_.folder);
    if (!incoming) {
        return std::move(incoming).issue();
    }
    const std::string safe = safe_name(name);
    if (Status failed = incoming->move(file, safe)) {
        return *failed;
    }
    const std::lock_guard lock(keeping_);
    auto id = incoming->commit({system, safe, {}, {}});
    if (id) {
        if (Status failed = enter(*id, system, safe)) {
            return *failed;
        }
    }
    return id;
}

Status Intake::play(const Ticket& ticket, const std::vector<sources::ReplayFile>& files) {
    auto incoming = Incoming::begin(*parts_.folder);
    if (!incoming) {
        return incoming.issue();
    }
    for (const sources::ReplayFile& file : files) {
        if (Status failed = incoming->write(file.name, file.content)) {
            return failed;
        }
    }
    const auto id = incoming->commit(ticket);
    if (!id) {
        return id.issue();
    }
    if (Status failed = enter(*id, ticket.system, ticket.name)) {
        return failed;
    }
    const std::lock_guard lock(working_);
    // What the staging store has taken already comes first: these rows were said after it.
    for (const store::Intake& entry : unfinished()) {
        if (is_begun(entry) && entry.id != *id) {
            if (Status failed = work_on(entry.id)) {
                return failed;
            }
        }
    }
    return work_on(*id);
}

/// Enters what came, unless the same is being worked on or done.
Status Intake::enter(const std::string& id, const std::string& system, const std::string& name) {
    const store::Instant now = parts_.now();
    bool again = false;
    Status failed = parts_.store->write([&](store::Writer& writer) {
        const auto known = writer.intakes({id, {}, 1});
        again = !known.empty() && known[0].state == store::Intake::State::done &&
                !read_account(known[0].reconciliation).held_something();
        if (again) {
            std::string content;
            text::JsonWriter json(content);
            json.begin_object();
            json.member("system", system);
            json.member("name", name);
            json.end_object();
            writer.put_note(again_group, {id + " " + store::to_instant(now), content});
        } else if (known.empty() || known[0].state == store::Intake::State::done ||
                   known[0].state == store::Intake::State::failed) {
            writer.put_intake(
                {id, system, name, now, now, store::Intake::State::received, "", "", 0});
        }
        return Status();
    });
    if (failed) {
        return failed;
    }
    if (again) {
        note({Severity::information,
              "duplicate",
              "it came before and is done: nothing to do",
              {name, 0, 0, {}},
              ""});
        if (options_.keep_raw_days == 0) {
            std::error_code error;
            fs::remove_all(parts_.folder->raw() / id, error);
        }
    } else {
        note({Severity::information,
              "informational",
              "received for " + system,
              {name, 0, 0, {}},
              ""});
    }
    return {};
}

/// When the first batch of what came was made, for the order of work; empty when nothing says so.
std::string Intake::time_of(const store::Intake& entry) {
    const auto [found, fresh] = times_.try_emplace(entry.id);
    if (fresh) {
        const auto mapping = parts_.mappings->get(entry.system);
        auto input = sources::open_input((parts_.folder->raw() / entry.id / "in").string());
        if (mapping && input) {
            const sources::InputOptions access{options_.gnupg_home};
            const auto inventory =
                sources::take_inventory(std::move(input).value(), (*mapping)->package(), access);
            for (const auto& batch : inventory.batches) {
                if (found->second.empty() || batch.timestamp < found->second) {
                    found->second = batch.timestamp;
                }
            }
        }
    }
    return found->second;
}

/// Whether the staging store may have taken what it says.
bool Intake::is_begun(const store::Intake& entry) const {
    return entry.state == store::Intake::State::translated ||
           !attempts(parts_.folder->work() / entry.id).empty();
}

/// In the order of work: what was begun, then by the time of the extracts, as one that comes after
/// a later one of its feed can't be applied any more.
std::vector<store::Intake> Intake::unfinished() {
    std::vector<store::Intake> entries;
    const Status failed = parts_.store->read([&](store::Reader& reader) {
        for (const auto state :
             {store::Intake::State::translated, store::Intake::State::received}) {
            for (store::Intake& each : reader.intakes({"", state, 1000})) {
                entries.push_back(std::move(each));
            }
        }
        return Status();
    });
    if (failed) {
        note(*failed);
        return {};
    }
    if (entries.size() > 1) {
        const auto order = [&](const store::Intake& each) {
            const bool begun = is_begun(each);
            return std::tuple(!begun, each.system, begun ? std::string() : time_of(each),
                              each.received, each.id);
        };
        std::vector<std::pair<decltype(order(entries[0])), store::Intake>> keyed;
        for (store::Intake& each : entries) {
            keyed.emplace_back(order(each), each);
        }
        std::sort(keyed.begin(), keyed.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        entries.clear();
        for (auto& [key, each] : keyed) {
            entries.push_back(std::move(each));
        }
    }
    return entries;
}

bool Intake::work_off() {
    // What comes after in a feed must not come before; nor must anything before what is begun,
    // which may say something of every system.
    std::set<std::string> blocked;
    bool all_blocked = false;
    for (bool again = true; again && !stopping_;) {
        again = false;
        std::unique_lock lock(working_);
        const std::vector<store::Intake> entries = unfinished();
        lock.unlock();
        for (const store::Intake& entry : entries) {
            lock.lock();
            if (!stopping_ && !all_blocked && waiting_.count(entry.id) == 0 &&
                blocked.count(entry.system) == 0) {
                const auto later = later_.find(entry.id);
                const bool due = later == later_.end() || later->second <= parts_.now();
                const Status failed = due ? work_on(entry.id) : Status();
                if (failed) {
                    note(*failed);
                    later_[entry.id] = parts_.now() + retry_after;
                } else if (due) {
                    later_.erase(entry.id);
                    again = true;  // others may have waited for it, or come meanwhile
                }
                if (failed || !due) {
                    blocked.insert(entry.system);
                    all_blocked = is_begun(entry);
                }
            }
            lock.unlock();
        }
    }
    return blocked.empty();
}

Status Intake::work_off(const std::string& id) {
    const std::lock_guard lock(working_);
    return work_on(id);
}

Status Intake::work_on(const std::string& id) {
    using State = store::Intake::State;
    for (;;) {
        std::vector<store::Intake> found;
        Status failed = parts_.store->read([&](store::Reader& reader) {
            found = reader.intakes({id, {}, 1});
            return Status();
        });
        if (failed || found.empty() || found[0].state == State::done ||
            found[0].state == State::failed) {
            return failed;
        }
        store::Intake& entry = found[0];
        try {
            failed = entry.state == State::received ? translate(entry) : apply(entry);
        } catch (const std::exception& thrown) {
            failed = Issue{Severity::fatal, "exception", thrown.what(), {entry.name, 0, 0, {}}, ""};
        }
        if (failed) {
            return failed;
        }
        if (stopping_ || waiting_.count(id) != 0) {
            return {};
        }
    }
}

/// Everything is stored: rows that could not be used go into quarantine with the ledger's last
/// word.
Status Intake::finish(store::Intake& entry) {
    const auto mapping = parts_.mappings->get(entry.system);
    if (!mapping) {
        return mapping.issue();
    }
    Rejections rejections(*parts_.folder, entry, (*mapping)->package(), {options_.gnupg_home},
                          options_.most_quarantined);
    if (Status failed = rejections.read()) {
        return failed;
    }
    const Account account = read_account(entry.reconciliation);
    entry.reason.clear();
    for (const std::string& held : account.held_batches) {
        entry.reason += (entry.reason.empty() ? "held: " : "; ") + held;
    }
    const std::lock_guard lock(keeping_);
    entry.state = store::Intake::State::done;
    entry.changed = parts_.now();
    Status failed = parts_.store->write([&](store::Writer& writer) {
        rejections.put(writer, entry.changed);
        writer.put_intake(entry);
        return Status();
    });
    if (failed) {
        return failed;
    }
    note({Severity::information,
          "informational",
          "done: " + std::to_string(account.rows) + " rows, " + std::to_string(entry.resources) +
              " resources, " + std::to_string(account.rejected) + " rows rejected, " +
              std::to_string(account.held) + " held",
          {entry.name, 0, 0, {}},
          ""});
    if (rejections.left_out() != 0) {
        note({Severity::warning,
              "too-long",
              std::to_string(rejections.left_out()) +
                  " more rejected or held rows than quarantine takes of one extract",
              {entry.name, 0, 0, {}},
              "see to the cause and send the extract again"});
    }
    std::erase_if(waiting_, [&](const auto& each) { return each.second == entry.system; });
    times_.erase(entry.id);
    std::error_code error;
    fs::remove_all(parts_.folder->work() / entry.id, error);
    if (!account.held_batches.empty() && rejections.ticket().replays.empty()) {
        return move_to_failed(entry);
    }
    if (options_.keep_raw_days == 0) {
        fs::remove_all(parts_.folder->raw() / entry.id, error);
    }
    return {};
}

std::string to_json(const store::Intake& intake) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("id", intake.id);
    json.member("system", intake.system);
    json.member("name", intake.name);
    json.member("state", store::to_code(intake.state));
    json.member("received", store::to_instant(intake.received));
    json.member("changed", store::to_instant(intake.changed));
    json.member("resources", intake.resources);
    if (!intake.reason.empty()) {
        json.member("reason", intake.reason);
    }
    if (!intake.reconciliation.empty()) {
        std::string_view text = intake.reconciliation;
        text.remove_suffix(text.back() == '\n' ? 1 : 0);
        json.name("reconciliation");
        json.raw(text);
    }
    json.end_object();
    return out;
}

}  // namespace linkway::intake
