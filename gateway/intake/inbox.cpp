#include "intake/inbox.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <fstream>
#include <iterator>
#include <tuple>

#include "stamp.h"

namespace linkway::intake {

namespace fs = std::filesystem;

namespace {

constexpr const char* complete_mark = "_COMPLETE";
constexpr const char* done_mark = ".done";

bool ends_with(std::string_view name, std::string_view ending) {
    return name.size() > ending.size() &&
           std::equal(ending.begin(), ending.end(),
                      name.end() - static_cast<std::ptrdiff_t>(ending.size()), [](char a, char b) {
                          return a == std::tolower(static_cast<unsigned char>(b));
                      });
}

bool is_unfinished(std::string_view name) {
    return name.starts_with('.') || ends_with(name, ".part") || ends_with(name, ".tmp") ||
           ends_with(name, ".filepart");
}

/// "x" for "x.zip" and "x.z01"; empty for others.
std::string zip_stem(const std::string& name) {
    if (ends_with(name, ".zip")) {
        return name.substr(0, name.size() - 4);
    }
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0 || name.size() < dot + 4 ||
        std::tolower(static_cast<unsigned char>(name[dot + 1])) != 'z') {
        return {};
    }
    const bool digits = std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) + 2, name.end(),
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
    return digits ? name.substr(0, dot) : std::string();
}

/// Whether a zip says at its end that it has as many parts as are here (PKWARE APPNOTE 4.3.16);
/// true for anything that has no such end, which nobody waits for.
bool has_all_parts(const std::vector<fs::path>& parts) {
    const auto last = std::find_if(parts.begin(), parts.end(), [](const fs::path& part) {
        return ends_with(part.string(), ".zip");
    });
    if (last == parts.end()) {
        return true;
    }
    constexpr std::uint64_t most = 22 + 65'535;  // the record and its comment
    std::ifstream in(*last, std::ios::binary);
    std::error_code error;
    const std::uint64_t size = fs::file_size(*last, error);
    in.seekg(static_cast<std::streamoff>(error || size < most ? 0 : size - most));
    const std::string end{std::istreambuf_iterator<char>(in), {}};
    const std::size_t at = end.rfind("PK\x05\x06");
    if (at == std::string::npos || at + 6 > end.size()) {
        return true;
    }
    const auto number = static_cast<unsigned>(static_cast<unsigned char>(end[at + 4])) |
                        static_cast<unsigned>(static_cast<unsigned char>(end[at + 5])) << 8U;
    return number == 0xFFFF || number + 1 == parts.size();
}

/// The file that says "complete", if it is there.
void add_mark(const fs::path& file, std::vector<fs::path>& marks) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(file, error))) {
        marks.push_back(file);
    }
}

}  // namespace

struct Inbox::Found {
    Arrival arrival;
    bool marked = false;
    bool is_loose = false;
    bool has_end = true;  ///< false: a split zip of which the last part, x.zip, has not come
};

Inbox::Inbox(fs::path folder, store::Instant quiet)
    : folder_(std::move(folder)),
      quiet_(quiet),
      notify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    watch(folder_);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        if (entry.is_directory(error) && entry.path().filename() != "failed") {
            watch(entry.path());
        }
    }
}

Inbox::~Inbox() {
    for (const int descriptor : {notify_, wake_}) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
}

void Inbox::watch(const fs::path& folder) {
    if (notify_ >= 0) {
        // A folder that is watched already keeps its number.
        const int number = ::inotify_add_watch(notify_, folder.c_str(),
                                               IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE |
                                                   IN_MODIFY | IN_CLOSE_WRITE | IN_ONLYDIR);
        if (number >= 0) {
            watched_[number] = folder;
        }
    }
}

void Inbox::read_events() {
    alignas(inotify_event) std::array<char, 16'384> buffer{};
    for (;;) {
        const ssize_t size = notify_ < 0 ? 0 : ::read(notify_, buffer.data(), buffer.size());
        if (size <= 0) {
            return;
        }
        for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const char* name = buffer.data() + at + sizeof event;
            at += sizeof event + event.len;
            const auto folder = watched_.find(event.wd);
            if ((event.mask & IN_IGNORED) != 0) {
                watched_.erase(event.wd);
            } else if (folder != watched_.end() && event.len > 0) {
                const fs::path path = folder->second / name;
                if ((event.mask & IN_MOVED_TO) != 0) {
                    renamed_.insert(path);
                } else {
                    renamed_.erase(path);  // written to again, or gone
                }
            }
        }
    }
}

void Inbox::look_into(const std::string& system, const fs::path& folder,
                      std::vector<Found>& found) {
    std::map<std::string, Found> zips;
    Found loose;
    std::set<fs::path> entries;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        entries.insert(entry.path());
    }
    for (const fs::path& path : entries) {
        const std::string name = path.filename().string();
        const bool is_mark =
            name == complete_mark ||
            (ends_with(name, done_mark) &&
             (entries.count(path.parent_path() / name.substr(0, name.size() - 5)) != 0 ||
              fs::file_size(path, error) == 0));
        if (is_unfinished(name) || is_mark) {
            continue;
        }
        const fs::file_status status = fs::symlink_status(path, error);
        const fs::path beside = path.string() + done_mark;
        if (fs::is_directory(status)) {
            if (system.empty()) {
                continue;  // a system's
            }
            Found one{{system, name, {path}, {}, 0}};
            add_mark(path / done_mark, one.arrival.marks);
            add_mark(path / complete_mark, one.arrival.marks);
            add_mark(beside, one.arrival.marks);
            one.marked = !one.arrival.marks.empty();
            found.push_back(std::move(one));
        } else if (const std::string stem = zip_stem(name); !stem.empty()) {
            Found& zip = zips.try_emplace(stem, Found{{system, "", {}, {}, 0}, false, false, false})
                             .first->second;
            zip.arrival.parts.push_back(path);
            if (ends_with(name, ".zip")) {
                zip.arrival.name = name;
                zip.has_end = true;
                add_mark(beside, zip.arrival.marks);
                zip.marked = !zip.arrival.marks.empty();
            }
        } else if (fs::is_regular_file(status) || fs::is_symlink(status)) {
            loose.arrival.parts.push_back(path);
            add_mark(beside, loose.arrival.marks);
        }
    }
    for (auto& [stem, zip] : zips) {
        if (zip.has_end) {
            found.push_back(std::move(zip));
        }
    }
    if (const std::size_t count = loose.arrival.parts.size(); count != 0) {
        loose.arrival.system = system;
        loose.arrival.name = loose.arrival.parts.front().filename().string();
        loose.arrival.name += count == 1 ? "" : " and " + std::to_string(count - 1) + " more";
        const std::size_t before = loose.arrival.marks.size();
        add_mark(folder / done_mark, loose.arrival.marks);
        add_mark(folder / complete_mark, loose.arrival.marks);
        loose.marked = loose.arrival.marks.size() != before;
        loose.is_loose = true;
        found.push_back(std::move(loose));
    }
}

bool Inbox::is_complete(Found& found, store::Instant now, std::map<std::string, Seen>& seen) {
    const Stamp looks = stamp_of(found.arrival.parts);
    const std::uint64_t stamp = found.arrival.stamp = looks.hash;
    if (looks.files == 0) {
        return false;  // a folder that somebody is about to fill
    }
    // By its parts and not its name, which for loose files depends on how many there are.
    const std::string key = found.arrival.parts.front().string();
    const auto before = seen_.find(key);
    const bool is_same = before != seen_.end() && before->second.stamp == stamp;
    const Seen& state = seen[key] = is_same ? before->second : Seen{stamp, now};
    const bool renamed =
        !found.is_loose && has_all_parts(found.arrival.parts) &&
        std::all_of(found.arrival.parts.begin(), found.arrival.parts.end(),
                    [&](const fs::path& part) { return renamed_.count(part) != 0; });
    return found.marked || renamed || now - state.since >= quiet_;
}

std::vector<Arrival> Inbox::poll(store::Instant now) {
    read_events();
    std::vector<Found> found;
    look_into("", folder_, found);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory(error) && !name.starts_with('.') && name != "failed") {
            watch(entry.path());
            look_into(name, entry.path(), found);
        }
    }
    std::map<std::string, Seen> seen;
    std::vector<Arrival> complete;
    for (Found& each : found) {
        if (is_complete(each, now, seen)) {
            complete.push_back(std::move(each.arrival));
        }
    }
    seen_ = std::move(seen);
    std::sort(complete.begin(), complete.end(), [](const Arrival& a, const Arrival& b) {
        return std::tie(a.system, a.name) < std::tie(b.system, b.name);
    });
    return complete;
}

void Inbox::wait(int milliseconds) {
    std::array<pollfd, 2> ready{{{wake_, POLLIN, 0}, {notify_, POLLIN, 0}}};
    ::poll(ready.data(), notify_ < 0 ? 1 : 2, milliseconds);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(wake_, &count, sizeof count);
}

void Inbox::wake() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_, &one, sizeof one);
}

}  // namespace linkway::intake
