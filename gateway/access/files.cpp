#include "files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace linkway::access {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        Descriptor old(std::exchange(number_, other.release()));
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

int Descriptor::release() {
    return std::exchange(number_, -1);
}

text::Issue system_issue(const std::string& what, const std::string& file) {
    const int error = errno;
    const bool full = error == ENOSPC || error == EDQUOT;
    return {text::Severity::error,
            full ? "no-store" : "exception",
            file + " " + what + ": " + std::generic_category().message(error),
            {file, 0, 0, {}},
            full ? "make room on the disk" : ""};
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void sync_folder(const std::string& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened) {
        ::fsync(opened.number());
    }
}

text::Result<std::string> read_small_file(const std::string& file, std::size_t most) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) {
        return system_issue("can't be opened", file);
    }
    std::string content;
    std::array<char, 8192> buffer{};
    for (;;) {
        const ssize_t got = ::read(opened.number(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return system_issue("can't be read", file);
        }
        if (got == 0) {
            return content;
        }
        content.append(buffer.data(), static_cast<std::size_t>(got));
        if (content.size() > most) {
            return text::Issue{text::Severity::error,
                               "too-long",
                               file + " is larger than " + std::to_string(most) + " bytes",
                               {file, 0, 0, {}},
                               ""};
        }
    }
}

text::Result<bool> write_private_file(const std::string& file, std::string_view bytes,
                                      Existing existing) {
    const std::string draft = file + ".new." + std::to_string(::getpid());
    text::Status failed;
    bool kept = false;
    {
        const Descriptor opened(
            ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!opened || !write_all(opened.number(), bytes) || ::fsync(opened.number()) != 0) {
            failed = system_issue("can't be written", draft);
        }
    }
    if (!failed && existing == Existing::replace && ::rename(draft.c_str(), file.c_str()) != 0) {
        failed = system_issue("can't be written", file);
    }
    // A link, unlike a renaming, never replaces what somebody else has just made.
    if (!failed && existing == Existing::keep && ::link(draft.c_str(), file.c_str()) != 0) {
        kept = errno == EEXIST;
        if (!kept) {
            failed = system_issue("can't be written", file);
        }
    }
    ::unlink(draft.c_str());
    if (failed) {
        return *failed;
    }
    sync_folder(std::filesystem::path(file).parent_path().string());
    return !kept;
}

}  // namespace linkway::access
