// What could not be used, and what a killed process left behind.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "account.h"
#include "fhir/operation_outcome.h"
#include "intake/intake.h"
#include "raw.h"

namespace linkway::intake {

namespace fs = std::filesystem;
using text::Issue;
using text::Issues;
using text::Severity;
using text::Status;

namespace {

/// The OperationOutcome of an entry's reason.
std::string outcome(const store::Intake& entry) {
    // A failure's reason is one already; what was held in part is words.
    if (entry.reason.starts_with('{')) {
        return entry.reason;
    }
    const Issue issue{Severity::error,
                      "incomplete",
                      entry.reason,
                      {entry.name, 0, 0, {}},
                      "the rest was applied; see to the cause and put it into the inbox again"};
    std::string out;
    fhir::append_operation_outcome(out, {&issue, 1});
    return out;
}

/// A name that nothing in the folder has yet.
fs::path free_name(const fs::path& folder, const std::string& name) {
    fs::path path = folder / name;
    std::error_code error;
    for (int i = 2; fs::exists(fs::symlink_status(path, error)); ++i) {
        path = folder / (name + "." + std::to_string(i));
    }
    return path;
}

}  // namespace

Status Intake::fail(store::Intake& entry, const Issues& reasons) {
    Issues named = reasons;
    for (Issue& issue : named) {
        if (issue.location.file.empty() || issue.location.file.starts_with('/')) {
            issue.location.file = entry.name;
        }
        if (issue.suggestion.empty()) {
            issue.suggestion = "see to the cause and put it into the inbox again";
        }
        note(issue);
    }
    constexpr std::size_t most = 100;
    named.resize(std::min(named.size(), most));
    const auto ticket = read_ticket(*parts_.folder, entry.id);
    const std::lock_guard lock(keeping_);
    entry.state = store::Intake::State::failed;
    entry.reason.clear();
    fhir::append_operation_outcome(entry.reason, named);
    entry.changed = parts_.now();
    Status failed = parts_.store->write([&](store::Writer& writer) {
        // Rows that were played again stay where they are, with the new reason.
        for (const ReplayedRow& row : ticket ? ticket->replays : std::vector<ReplayedRow>()) {
            for (store::Quarantined& item : writer.quarantined({row.item, "", {}, 1})) {
                item.reason = entry.reason;
                item.changed = entry.changed;
                writer.put_quarantined(item);
            }
        }
        writer.put_intake(entry);
        return Status();
    });
    if (failed) {
        return failed;
    }
    times_.erase(entry.id);
    std::error_code error;
    fs::remove_all(parts_.folder->work() / entry.id, error);
    if (ticket && !ticket->replays.empty()) {
        fs::remove_all(parts_.folder->raw() / entry.id, error);
        return {};
    }
    return move_to_failed(entry);
}

/// inbox/failed/<name> and <name>.reason.json. May be asked again after a kill.
Status Intake::move_to_failed(const store::Intake& entry) {
    const fs::path raw = parts_.folder->raw() / entry.id;
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& each : fs::directory_iterator(raw / "in", error)) {
        files.push_back(each.path());
    }
    if (!files.empty()) {
        const bool single = files.size() == 1;
        const fs::path target = free_name(
            parts_.folder->failed(), single ? safe_name(files[0].filename().string()) : entry.name);
        const fs::path reason = target.string() + ".reason.json";
        std::ofstream out(reason, std::ios::binary);
        out << outcome(entry) << '\n';
        out.close();
        if (!out) {
            return failure("the reason cannot be written", reason, ENOSPC);
        }
        if (Status failed = make_durable(reason)) {
            return failed;
        }
        fs::rename(single ? files[0] : raw / "in", target, error);
        if (error) {
            return failure("it cannot be moved to inbox/failed", target, error.value());
        }
        if (Status failed = make_durable(parts_.folder->failed())) {
            return failed;
        }
    }
    fs::remove_all(raw, error);
    return {};
}

Status Intake::recover() {
    std::error_code error;
    // Outputs and things on their way in that were not complete.
    for (const fs::path& folder : {parts_.folder->raw(), parts_.folder->work()}) {
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            if (entry.path().filename().string().starts_with('.')) {
                fs::remove_all(entry.path(), error);
            }
        }
    }
    std::vector<fs::path> works;
    for (const auto& entry : fs::directory_iterator(parts_.folder->work(), error)) {
        works.push_back(entry.path());
    }
    for (const fs::path& work : works) {
        for (const auto& attempt : fs::directory_iterator(work, error)) {
            if (attempt.path().filename().string().starts_with('.')) {
                fs::remove_all(attempt.path(), error);
            }
        }
        if (!fs::exists(parts_.folder->raw() / work.filename(), error)) {
            fs::remove_all(work, error);
        }
    }
    std::vector<std::string> kept;
    for (const auto& entry : fs::directory_iterator(parts_.folder->raw(), error)) {
        kept.push_back(entry.path().filename().string());
    }
    for (const std::string& id : kept) {
        std::vector<store::Intake> known;
        Status failed = parts_.store->read([&](store::Reader& reader) {
            known = reader.intakes({id, {}, 1});
            return Status();
        });
        if (failed) {
            return failed;
        }
        if (const auto ticket = read_ticket(*parts_.folder, id); known.empty() && ticket) {
            // It was kept; that it was entered is not known.
            failed = enter(id, ticket->system, ticket->name);
        } else if (!known.empty() && known[0].state == store::Intake::State::failed) {
            failed = move_to_failed(known[0]);
        } else if (!known.empty() && known[0].state == store::Intake::State::done &&
                   !read_account(known[0].reconciliation).held_batches.empty() && ticket &&
                   ticket->replays.empty()) {
            failed = move_to_failed(known[0]);
        }
        if (failed) {
            return failed;
        }
    }
    tidy();
    return {};
}

void Intake::tidy() {
    const std::lock_guard lock(keeping_);
    constexpr store::Instant day = 86'400'000;
    std::error_code error;
    const Status failed = parts_.store->read([&](store::Reader& reader) {
        for (const auto& entry : fs::directory_iterator(parts_.folder->raw(), error)) {
            const std::string id = entry.path().filename().string();
            const auto known =
                id.starts_with('.') ? std::vector<store::Intake>() : reader.intakes({id, {}, 1});
            if (!known.empty() && known[0].state == store::Intake::State::done &&
                parts_.now() - known[0].changed >= options_.keep_raw_days * day) {
                fs::remove_all(entry.path(), error);
                fs::remove_all(parts_.folder->work() / id, error);
            }
        }
        return Status();
    });
    if (failed) {
        note(*failed);
    }
}

}  // namespace linkway::intake
