#include "intake/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace linkway::intake {

namespace fs = std::filesystem;

namespace {

text::Issue cannot(const fs::path& path, int error) {
    return {text::Severity::fatal,
            error == ENOSPC ? "no-store" : "exception",
            "the data folder cannot be used: " + std::generic_category().message(error),
            {path.string(), 0, 0, {}},
            "check the folder and its permissions"};
}

/// Who wrote the lock file, in its own words.
std::string owner(int lock) {
    std::array<char, 200> text{};
    const ssize_t size = ::pread(lock, text.data(), text.size(), 0);
    std::string words(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    words.resize(std::min(words.size(), words.find('\n')));
    return words.empty() ? "another process" : words;
}

}  // namespace

text::Result<DataFolder> DataFolder::open(const std::string& path, const std::string& who) {
    DataFolder folder;
    std::error_code error;
    folder.root_ = fs::absolute(path, error).lexically_normal();
    for (const fs::path& each : {folder.failed(), folder.raw(), folder.work(), folder.state(),
                                 folder.outbox(), folder.audit()}) {
        fs::create_directories(each, error);
        if (error) {
            return cannot(each, error.value());
        }
    }
    // What is patients' data is its owner's alone; the inbox is for others to write into.
    for (const fs::path& each : {folder.raw(), folder.work(), folder.state(), folder.audit()}) {
        fs::permissions(each, fs::perms::owner_all, error);
    }
    const fs::path file = folder.root_ / "lock";
    folder.lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (folder.lock_ < 0) {
        return cannot(file, errno);
    }
    if (::flock(folder.lock_, LOCK_EX | LOCK_NB) != 0) {
        return text::Issue{text::Severity::error,
                           "conflict",
                           "the data folder is in use by " + owner(folder.lock_),
                           {path, 0, 0, {}},
                           "stop it first"};
    }
    // Only for people; the lock itself is what counts, so a full disk does not matter here.
    const std::string words = who + " (process " + std::to_string(::getpid()) + ")\n";
    if (::ftruncate(folder.lock_, 0) == 0) {
        [[maybe_unused]] const ssize_t written =
            ::pwrite(folder.lock_, words.data(), words.size(), 0);
    }
    return folder;
}

DataFolder::~DataFolder() {
    if (lock_ >= 0) {
        ::close(lock_);
    }
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : root_(std::move(other.root_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
    std::swap(root_, other.root_);
    std::swap(lock_, other.lock_);
    return *this;
}

}  // namespace linkway::intake
