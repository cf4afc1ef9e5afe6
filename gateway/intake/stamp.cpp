#include "stamp.h"

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace linkway::intake {

namespace fs = std::filesystem;

namespace {

void add(const fs::path& path, Stamp& stamp) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) {
        return;
    }
    std::string text = path.string();
    for (const auto number :
         {static_cast<std::int64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
          static_cast<std::int64_t>(status.st_mtim.tv_sec),
          static_cast<std::int64_t>(status.st_mtim.tv_nsec),
          static_cast<std::int64_t>(status.st_ctim.tv_sec),
          static_cast<std::int64_t>(status.st_ctim.tv_nsec)}) {
        text += '/' + std::to_string(number);
    }
    // A sum, so that the order in which a folder gives its files does not matter.
    stamp.hash += std::hash<std::string_view>()(text);
    ++stamp.files;
}

}  // namespace

Stamp stamp_of(std::span<const fs::path> paths) {
    Stamp stamp;
    std::error_code error;
    for (const fs::path& path : paths) {
        add(path, stamp);
        for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
             it.increment(error)) {
            add(it->path(), stamp);
        }
        error.clear();
    }
    return stamp;
}

}  // namespace linkway::intake
