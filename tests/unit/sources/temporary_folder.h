// A folder of a test's own, gone when the test is.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace linkway::tests {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        // Short, because sockets of GnuPG's agent stand in there.
        std::string name = (std::filesystem::temp_directory_path() / "lw-XXXXXX").string();
        path_ = ::mkdtemp(name.data()) == nullptr ? std::string{} : name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Writes a file, and the folders above it; returns its path.
    std::string write(const std::string& name, std::string_view content) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return file.string();
    }

  private:
    std::filesystem::path path_;
};

}  // namespace linkway::tests
