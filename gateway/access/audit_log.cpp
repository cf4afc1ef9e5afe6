#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>

#include "access/audit.h"
#include "audit_chain.h"
#include "audit_recovery.h"
#include "files.h"

namespace linkway::access {

namespace {

constexpr Instant longest_unsynced = 100;

/// Room that is kept for lines to come, some ten thousand: what cannot be audited is not given out,
/// and a full disk should not keep people from reading records.
constexpr std::uint64_t reserve = std::uint64_t{8} << 20U;

bool is_node_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '-';
    });
}

/// "2026-11-23.ndjson".
std::string file_of(Instant at) {
    return to_fhir_instant(at).substr(0, 10) + ".ndjson";
}

/// Lines that are written together, and those who wait for it.
struct Batch {
    std::string file;
    std::string lines;
    ChainEnd end;
    Instant first = 0;   // when its first line was recorded
    std::string notice;  // said in it of what was recovered
    bool done = false;
    text::Status failed;
};

struct DayFile {
    std::string name;
    Descriptor descriptor;
};

/// What is appended to. The file is shared with a sync that is under way.
struct Place {
    std::shared_ptr<const DayFile> file;
    std::uint64_t size = 0;      // up to the last line written
    std::uint64_t reserved = 0;  // up to where room was last asked for
    bool unsure = false;         // a failed write could not be undone: recover first
};

/// Keeps room behind the last line. Where there is none, or the file system cannot keep any, it is
/// asked for again some lines later.
void reserve_room(Place& place) {
    constexpr std::uint64_t half = reserve / 2;
    constexpr std::uint64_t some_lines = std::uint64_t{64} << 10U;
    if (place.size + half <= place.reserved) {
        return;
    }
    const bool kept = ::fallocate(place.file->descriptor.number(), FALLOC_FL_KEEP_SIZE,
                                  static_cast<off_t>(place.size), static_cast<off_t>(reserve)) == 0;
    place.reserved = place.size + (kept ? reserve : half + some_lines);
}

text::Result<Place> open_place(const std::string& folder, const std::string& name,
                               std::uint64_t size) {
    const std::string path = folder + '/' + name;
    auto file = std::make_shared<DayFile>();
    file->name = name;
    file->descriptor =
        Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file->descriptor) {
        return system_issue("can't be opened", path);
    }
    sync_folder(folder);
    Place place{std::move(file), size, 0, false};
    reserve_room(place);
    return place;
}

text::Status make_durable(const std::string& folder, const DayFile& file) {
    if (::fdatasync(file.descriptor.number()) != 0) {
        return system_issue("can't be made durable", folder + '/' + file.name);
    }
    return {};
}

/// Writes a batch at a place, which moves on, to another file where the day has changed.
text::Status write_lines(const std::string& folder, const Batch& batch, Place& place) {
    if (place.file == nullptr || place.file->name != batch.file) {
        // A sync looks at the current file only: the one before must be done with.
        if (place.file != nullptr) {
            if (auto failed = make_durable(folder, *place.file)) {
                return failed;
            }
            // What was kept for more lines there is of use to the next file.
            const int ignored =
                ::ftruncate(place.file->descriptor.number(), static_cast<off_t>(place.size));
            static_cast<void>(ignored);
        }
        auto next = open_place(folder, batch.file, 0);
        if (!next) {
            return std::move(next).issue();
        }
        place = std::move(*next);
    }
    const int descriptor = place.file->descriptor.number();
    if (!write_all(descriptor, batch.lines)) {
        auto issue = system_issue("can't be written", folder + '/' + batch.file);
        // Half a line must not stay before the next one.
        place.unsure = ::ftruncate(descriptor, static_cast<off_t>(place.size)) != 0;
        place.reserved = 0;  // gone with it
        return issue;
    }
    place.size += batch.lines.size();
    reserve_room(place);
    return {};
}

}  // namespace

struct AuditLog::State {
    std::string folder;
    std::string node;
    Descriptor head;

    std::mutex mutex;
    std::condition_variable changed;
    ChainEnd chained;                            // with the lines that still wait
    std::deque<std::shared_ptr<Batch>> waiting;  // the first one is written next
    bool writing = false;
    ChainEnd written;
    Place place;
    std::string last_file;  // of the last line that was chained
    std::string notice;     // to be said by the next line

    std::uint64_t synced = 0;
    bool syncing = false;
    std::optional<Instant> unsynced_since;

    text::Status recover();
    std::shared_ptr<Batch> join(const AuditEntry& entry, const std::string& event);
    void write_next(std::unique_lock<std::mutex>& lock);
    void fail(const std::shared_ptr<Batch>& batch, const text::Issue& issue);
    text::Status write_head(const Head& at) const;
};

text::Status AuditLog::State::recover() {
    auto recovered = recover_chain(folder);
    if (!recovered) {
        return recovered.issue();
    }
    Place found;
    if (!recovered->file.empty()) {
        auto opened = open_place(folder, recovered->file, recovered->size);
        if (!opened) {
            return std::move(opened).issue();
        }
        found = std::move(*opened);
    }
    place = std::move(found);
    chained = written = recovered->end;
    last_file = std::move(recovered->file);
    notice = std::move(recovered->notice);
    return {};
}

text::Status AuditLog::State::write_head(const Head& at) const {
    const std::string text = to_text(at);
    if (::pwrite(head.number(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        return system_issue("can't be written", folder + "/head");
    }
    return {};
}

/// Chains a line and puts it into the last batch that waits, or a new one.
std::shared_ptr<Batch> AuditLog::State::join(const AuditEntry& entry, const std::string& event) {
    // A clock that goes back does not go back to an earlier file.
    last_file = std::max(last_file, file_of(entry.recorded));
    if (waiting.empty() || waiting.back()->file != last_file) {
        auto batch = std::make_shared<Batch>();
        batch->file = last_file;
        batch->first = entry.recorded;
        waiting.push_back(std::move(batch));
    }
    Batch& batch = *waiting.back();
    if (!notice.empty()) {
        AuditEntry said;
        said.recorded = entry.recorded;
        said.interaction = Interaction::operation;
        said.outcome = Outcome::serious_failure;
        said.detail = batch.notice = std::exchange(notice, {});
        append_line(batch.lines, chained, to_audit_event(said, node));
    }
    append_line(batch.lines, chained, event);
    batch.end = chained;
    return waiting.back();
}

void AuditLog::State::fail(const std::shared_ptr<Batch>& batch, const text::Issue& issue) {
    batch->done = true;
    batch->failed = issue;
    if (!batch->notice.empty()) {
        notice = std::move(batch->notice);
    }
}

void AuditLog::State::write_next(std::unique_lock<std::mutex>& lock) {
    const auto batch = waiting.front();
    waiting.pop_front();
    writing = true;
    Place next = place;
    lock.unlock();
    const auto failed = write_lines(folder, *batch, next);
    lock.lock();
    writing = false;
    place = std::move(next);
    if (failed) {
        // Those behind are chained to lines that there are not.
        fail(batch, *failed);
        for (const auto& behind : waiting) {
            fail(behind, *failed);
        }
        waiting.clear();
        chained = written;
    } else {
        batch->done = true;
        written = batch->end;
        unsynced_since = unsynced_since.value_or(batch->first);
    }
    changed.notify_all();
}

AuditLog::AuditLog(std::unique_ptr<State> state) : state_(std::move(state)) {}

AuditLog::~AuditLog() {
    // What was appended is written; that it is durable as well is worth trying.
    const auto ignored = sync();
    static_cast<void>(ignored);
}

text::Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::string& folder,
                                                       const std::string& node, Instant now) {
    auto state = std::make_unique<State>();
    state->folder = folder + '/' + node;
    state->node = node;
    if (!is_node_name(node)) {
        return text::Issue{text::Severity::error,
                           "value",
                           "a node's name is 1 to 64 letters, digits and \"-\"",
                           {},
                           ""};
    }
    std::error_code error;
    std::filesystem::create_directories(state->folder, error);
    const std::string head_file = state->folder + "/head";
    state->head = Descriptor(::open(head_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!state->head) {
        return system_issue("can't be opened", head_file);
    }
    if (::flock(state->head.number(), LOCK_EX | LOCK_NB) != 0) {
        return text::Issue{text::Severity::error,
                           "lock-error",
                           "the audit log is in use by another process",
                           {state->folder, 0, 0, {}},
                           "wait until that one has ended, or give this node another name"};
    }
    if (auto failed = state->recover()) {
        return std::move(*failed);
    }
    const bool has_notice = !state->notice.empty();
    const bool is_new = state->place.file == nullptr && state->written.seq == 0;
    state->unsynced_since = now;
    std::unique_ptr<AuditLog> log(new AuditLog(std::move(state)));
    if (is_new) {
        if (auto failed = log->state_->write_head({})) {
            return std::move(*failed);
        }
        sync_folder(folder);
    }
    if (has_notice) {
        AuditEntry opened;
        opened.recorded = now;
        opened.interaction = Interaction::operation;
        opened.detail = "the audit log was opened";
        if (auto failed = log->append(opened)) {
            return std::move(*failed);
        }
    }
    if (auto failed = log->sync()) {
        return std::move(*failed);
    }
    return log;
}

text::Status AuditLog::append(const AuditEntry& entry) {
    const std::string event = to_audit_event(entry, state_->node);
    std::unique_lock lock(state_->mutex);
    // Nobody else is writing then: what waited has failed with the write that is unsure.
    if (state_->place.unsure) {
        if (auto failed = state_->recover()) {
            return failed;
        }
    }
    const auto batch = state_->join(entry, event);
    while (!batch->done) {
        if (!state_->writing && state_->waiting.front() == batch) {
            state_->write_next(lock);
        } else {
            state_->changed.wait(lock);
        }
    }
    return batch->failed;
}

text::Status AuditLog::sync() {
    State& state = *state_;
    std::unique_lock lock(state.mutex);
    const std::uint64_t wanted = state.written.seq;
    while (state.synced < wanted) {
        if (state.syncing) {
            state.changed.wait(lock);
            continue;
        }
        state.syncing = true;
        state.unsynced_since.reset();
        const auto file = state.place.file;
        const Head reached{file == nullptr ? "" : file->name, state.place.size, state.written};
        lock.unlock();
        auto failed = file == nullptr ? text::Status() : make_durable(state.folder, *file);
        if (!failed) {
            // Never ahead of what is on disk; itself it may be behind after a power cut.
            failed = state.write_head(reached);
        }
        lock.lock();
        state.syncing = false;
        if (!failed) {
            state.synced = std::max(state.synced, reached.end.seq);
        } else {
            state.unsynced_since = state.unsynced_since.value_or(0);
        }
        state.changed.notify_all();
        if (failed) {
            return failed;
        }
    }
    return {};
}

text::Status AuditLog::tick(Instant now) {
    {
        const std::scoped_lock lock(state_->mutex);
        if (!state_->unsynced_since ||
            (now >= *state_->unsynced_since && now - *state_->unsynced_since < longest_unsynced)) {
            return {};
        }
    }
    return sync();
}

std::uint64_t AuditLog::lines() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->written.seq;
}

}  // namespace linkway::access
