#include "durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace linkway::delivery {

namespace {

namespace fs = std::filesystem;

text::Issue cannot(const fs::path& file, int error) {
    return {text::Severity::error,
            error == ENOSPC || error == EDQUOT ? "no-store" : "exception",
            "the file cannot be put in place: " + std::generic_category().message(error),
            {file.filename().string(), 0, 0, {}},
            "it is tried again"};
}

int write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t count = ::write(file, content.data(), content.size());
        if (count < 0 && errno != EINTR) {
            return errno;
        }
        content.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return ::fsync(file) == 0 ? 0 : errno;
}

void sync_folder(const fs::path& folder) {
    if (const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        opened >= 0) {
        ::fsync(opened);
        ::close(opened);
    }
}

}  // namespace

text::Status write_durably(const fs::path& file, std::string_view content) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    const fs::path making = file.parent_path() / ("." + file.filename().string() + ".making");
    const int opened = ::open(making.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (opened < 0) {
        return cannot(file, errno);
    }
    int problem = write_all(opened, content);
    if (::close(opened) != 0 && problem == 0) {
        problem = errno;
    }
    if (problem == 0 && ::rename(making.c_str(), file.c_str()) != 0) {
        problem = errno;
    }
    if (problem != 0) {
        ::unlink(making.c_str());
        return cannot(file, problem);
    }
    sync_folder(file.parent_path());
    return {};
}

text::Status move_into(const fs::path& file, const std::string& folder) {
    std::error_code error;
    const fs::path to = file.parent_path() / folder;
    fs::create_directories(to, error);
    if (::rename(file.c_str(), (to / file.filename()).c_str()) != 0 && errno != ENOENT) {
        return cannot(file, errno);
    }
    return {};
}

}  // namespace linkway::delivery
