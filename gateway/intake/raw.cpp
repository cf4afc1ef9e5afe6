#include "raw.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

#include "fhir/digest.h"
#include "text/json_writer.h"
#include "text/utf8.h"

namespace linkway::intake {

namespace fs = std::filesystem;
using text::Issue;
using text::Result;
using text::Status;

namespace {

/// A file descriptor that closes itself.
class File {
  public:
    File(const fs::path& path, int flags)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    operator int() const { return descriptor_; }  // NOLINT(google-explicit-constructor)

  private:
    int descriptor_;
};

int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return 0;
}

/// Reads a file to the end it has now, even if it grows meanwhile, and gives each block to `take`,
/// which returns an errno; one of reading likewise.
template <class Take>
int read_all(int descriptor, const Take& take) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) {
        return errno;
    }
    std::vector<char> block(std::size_t{1} << 20);
    for (auto left = static_cast<std::size_t>(status.st_size);;) {
        const ssize_t size =
            left == 0 ? 0 : ::read(descriptor, block.data(), std::min(block.size(), left));
        if (size == 0) {
            return 0;
        }
        left -= size < 0 ? 0 : static_cast<std::size_t>(size);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        const int error =
            size < 0 ? errno : take(std::string_view(block.data(), static_cast<std::size_t>(size)));
        if (error != 0) {
            return error;
        }
    }
}

std::string to_json(const Ticket& ticket) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("system", ticket.system);
    json.member("name", ticket.name);
    json.name("replays");
    json.begin_array();
    for (const ReplayedRow& row : ticket.replays) {
        json.begin_object();
        json.member("item", row.item);
        json.member("file", row.file);
        json.member("line", row.line);
        json.member("lines", row.lines);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out + "\n";
}

std::uint64_t number_or(const text::Node& node, const char* name) {
    const text::Node* found = node.find(name);
    return found == nullptr ? 0 : std::strtoull(std::string(found->text).c_str(), nullptr, 10);
}

}  // namespace

Issue failure(const std::string& what, const fs::path& path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return {text::Severity::error,
            full ? "no-store" : "exception",
            what + ": " +
                (full ? "no space left on the device" : std::generic_category().message(error)),
            {path.filename().string(), 0, 0, {}},
            full ? "free some space: it goes on by itself then"
                 : "check the folder and its permissions"};
}

std::string sha256(std::string_view bytes) {
    fhir::Sha256 digest;
    digest.add(bytes);
    return digest.hex();
}

std::string safe_name(const std::string& name) {
    std::string safe = fs::path(name).filename().string();
    std::replace_if(
        safe.begin(), safe.end(),
        [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '\\' || c == '/'; }, '_');
    if (!text::is_utf8(safe)) {
        std::replace_if(
            safe.begin(), safe.end(), [](unsigned char c) { return c >= 0x80; }, '_');
    }
    if (safe.size() > 200) {
        safe.erase(0, safe.size() - 200);  // the ending says what it is
        safe.erase(0, static_cast<std::size_t>(
                          std::find_if(safe.begin(), safe.end(),
                                       [](unsigned char c) { return (c & 0xC0U) != 0x80U; }) -
                          safe.begin()));
    }
    safe.erase(0, safe.find_first_not_of('.'));
    return safe.empty() ? "unnamed" : safe;
}

Status make_durable(const fs::path& path) {
    const File file(path, O_RDONLY);
    if (file < 0 || ::fsync(file) != 0) {
        return failure("it cannot be made durable", path, errno);
    }
    return {};
}

void Incoming::Remover::operator()(fs::path* path) const {
    std::error_code ignored;
    fs::remove_all(*path, ignored);
    delete path;
}

Incoming::~Incoming() = default;

Result<Incoming> Incoming::begin(const DataFolder& folder) {
    static std::atomic<unsigned> count{0};
    Incoming incoming;
    incoming.raw_ = folder.raw();
    incoming.folder_.reset(new fs::path(
        folder.raw() / (".taking-" + std::to_string(::getpid()) + "-" + std::to_string(++count))));
    std::error_code error;
    fs::remove_all(*incoming.folder_, error);
    if (!fs::create_directories(*incoming.folder_ / "in", error) || error) {
        return failure("what came cannot be kept", *incoming.folder_, error.value());
    }
    return incoming;
}

Status Incoming::copy_file(const fs::path& from, const fs::path& to) {
    // Not blocking: whoever made it a pipe must not stop us.
    const File in(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (in < 0) {
        return failure("what came cannot be read", from, errno);
    }
    const File out(to, O_WRONLY | O_CREAT | O_EXCL);
    if (out < 0) {
        return failure("what came cannot be kept", to, errno);
    }
    fhir::Sha256 digest;
    int error = read_all(in, [&](std::string_view bytes) {
        digest.add(bytes);
        return write_all(out, bytes);
    });
    if (error == 0 && ::fsync(out) != 0) {
        error = errno;
    }
    if (error != 0) {
        return failure("what came cannot be kept", from, error);
    }
    lines_.push_back(digest.hex() + "  " + to.lexically_relative(*folder_ / "in").string());
    return {};
}

Status Incoming::copy(const fs::path& path) {
    std::vector<std::pair<fs::path, fs::path>> files = {{path, *folder_ / "in" / path.filename()}};
    std::error_code error;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto [from, to] = files[i];
        const fs::file_status status = fs::symlink_status(from, error);
        if (fs::is_directory(status)) {
            fs::create_directory(to, error);
            for (fs::directory_iterator it(from, error), end; !error && it != end;
                 it.increment(error)) {
                files.emplace_back(it->path(), to / it->path().filename());
            }
        } else if (fs::is_symlink(status)) {
            fs::copy_symlink(from, to, error);
            lines_.push_back("link  " + to.lexically_relative(*folder_ / "in").string());
        } else if (fs::is_regular_file(status)) {
            if (Status failed = copy_file(from, to)) {
                return failed;
            }
        }
        if (error) {
            return failure("what came cannot be kept", from, error.value());
        }
    }
    return {};
}

Status Incoming::move(const fs::path& path, const std::string& name) {
    const File in(path, O_RDONLY | O_NOFOLLOW);
    fhir::Sha256 digest;
    int error = in < 0 ? errno : read_all(in, [&](std::string_view bytes) {
        digest.add(bytes);
        return 0;
    });
    if (error == 0 && ::fsync(in) != 0) {
        error = errno;
    }
    if (error == 0 && ::rename(path.c_str(), (*folder_ / "in" / name).c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        return failure("what came cannot be kept", path, error);
    }
    lines_.push_back(digest.hex() + "  " + name);
    return {};
}

Status Incoming::write(const std::string& name, std::string_view content) {
    const fs::path path = *folder_ / "in" / name;
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    const File out(path, O_WRONLY | O_CREAT | O_EXCL);
    int error = out < 0 ? errno : write_all(out, content);
    if (error == 0 && ::fsync(out) != 0) {
        error = errno;
    }
    if (error != 0) {
        return failure("it cannot be kept", path, error);
    }
    lines_.push_back(sha256(content) + "  " + name);
    return {};
}

Result<std::string> Incoming::commit(const Ticket& ticket) {
    std::sort(lines_.begin(), lines_.end(), [](const std::string& a, const std::string& b) {
        return a.substr(a.find("  ")) < b.substr(b.find("  "));
    });
    std::string all = ticket.salt;
    for (const std::string& line : lines_) {
        all += line + "\n";
    }
    const bool single = lines_.size() == 1 && ticket.salt.empty() && !lines_[0].starts_with("link");
    const std::string id = single ? lines_[0].substr(0, 64) : sha256(all);
    const fs::path target = raw_ / id;
    std::error_code error;
    if (fs::exists(target, error)) {
        return id;
    }
    std::ofstream out(*folder_ / "intake.json", std::ios::binary);
    out << to_json(ticket);
    out.close();
    if (!out) {
        return failure("what came cannot be kept", *folder_, ENOSPC);
    }
    std::vector<fs::path> durable = {*folder_ / "intake.json", *folder_};
    for (const auto& entry : fs::recursive_directory_iterator(*folder_, error)) {
        if (!entry.is_symlink(error) && entry.is_directory(error)) {
            durable.push_back(entry.path());
        }
    }
    for (const fs::path& each : durable) {
        if (Status failed = make_durable(each)) {
            return *failed;
        }
    }
    if (::rename(folder_->c_str(), target.c_str()) != 0) {
        return failure("what came cannot be kept", target, errno);
    }
    if (Status failed = make_durable(raw_)) {
        return *failed;
    }
    return id;
}

Result<Ticket> read_ticket(const DataFolder& folder, const std::string& id) {
    std::ifstream in(folder.raw() / id / "intake.json", std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in) {
        return Issue{text::Severity::error,
                     "not-found",
                     "what came is no longer there",
                     {id, 0, 0, {}},
                     "send it again"};
    }
    const std::string bytes = std::move(content).str();
    const auto parsed = text::parse_json(bytes, "intake.json");
    if (!parsed) {
        return parsed.issue();
    }
    Ticket ticket;
    ticket.system = parsed->root().string_or("system", "");
    ticket.name = parsed->root().string_or("name", "");
    if (const text::Node* replays = parsed->root().find("replays")) {
        for (const text::Node& each : replays->items) {
            ticket.replays.push_back({std::string(each.string_or("item", "")),
                                      std::string(each.string_or("file", "")),
                                      number_or(each, "line"), number_or(each, "lines")});
        }
    }
    return ticket;
}

}  // namespace linkway::intake
