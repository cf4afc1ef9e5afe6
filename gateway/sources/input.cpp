#include "sources/input.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "archive_stream.h"
#include "openpgp_stream.h"

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;
using text::Issue;
using text::Result;
using text::Severity;

/// A file on disk.
class FileStream final : public ByteStream {
  public:
    explicit FileStream(const InputFile& file) : in_(file.path, std::ios::binary), display_(file.display) {}

    bool is_open() const { return in_.is_open(); }

    Result<std::size_t> read(std::span<char> into) override {
        in_.read(into.data(), static_cast<std::streamsize>(into.size()));
        if (in_.bad()) {
            return Issue{Severity::error, "exception", "a read error", {display_, 0, 0, {}}, "check the disk"};
        }
        return static_cast<std::size_t>(in_.gcount());
    }

  private:
    std::ifstream in_;
    std::string display_;
};

bool ends_with_ignoring_case(const std::string& name, std::string_view ending) {
    return name.size() >= ending.size() && std::equal(ending.begin(), ending.end(), name.end() - static_cast<std::ptrdiff_t>(ending.size()),
                                                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

/// Takes ".gpg" off the name and says that there was one.
void note_encryption(InputFile& file) {
    if (ends_with_ignoring_case(file.name, ".gpg")) {
        file.name.resize(file.name.size() - 4);
        file.encrypted = true;
    }
}

void add_file(const fs::path& path, const std::string& display, Input& input) {
    InputFile file;
    file.name = path.filename().string();
    file.display = display;
    std::error_code error;
    file.size = fs::file_size(path, error);
    note_encryption(file);
    file.path = path.string();
    input.files.push_back(std::move(file));
}

void add_archive(const fs::path& path, const std::string& display, Input& input) {
    auto listed = list_archive(path.string());
    for (Issue& issue : listed.issues) {
        issue.location.file = display;
        input.issues.push_back(std::move(issue));
    }
    for (InputFile& file : listed.files) {
        file.display = display.empty() ? file.display : display + "/" + file.display;
        note_encryption(file);
        input.files.push_back(std::move(file));
    }
}

void add_folder(const fs::path& root, Input& input) {
    std::error_code error;
    std::vector<fs::path> paths;
    for (fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error), end; it != end; it.increment(error)) {
        if (error) {
            break;
        }
        const bool hidden = it->path().filename().string().starts_with(".");
        if (hidden && it->is_directory(error)) {
            it.disable_recursion_pending();
        }
        if (hidden || it->is_directory(error)) {
            continue;
        }
        if (it->is_symlink(error)) {
            const fs::path target = fs::weakly_canonical(it->path(), error);
            const fs::path relative = target.lexically_relative(fs::weakly_canonical(root, error));
            if (relative.empty() || relative.begin()->string() == "..") {
                input.issues.push_back({Severity::warning, "security", "a link that leads out of the folder; it is not followed",
                                        {fs::relative(it->path(), root, error).generic_string(), 0, 0, {}}, "copy the file itself"});
                continue;
            }
        }
        if (it->is_regular_file(error)) {
            paths.push_back(it->path());
        }
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        const std::string display = path.lexically_relative(root).generic_string();
        if (ends_with_ignoring_case(display, ".zip")) {
            add_archive(path, display, input);
        } else {
            add_file(path, display, input);
        }
    }
}

}  // namespace

Result<Input> open_input(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        return Issue{Severity::fatal, "not-found", "there is no such file or folder", {path, 0, 0, {}}, "check the path"};
    }
    Input input;
    if (fs::is_directory(status)) {
        const fs::directory_iterator readable(path, error);
        if (error) {
            return Issue{Severity::fatal, "exception", "the folder cannot be read: " + error.message(), {path, 0, 0, {}}, "check its permissions"};
        }
        add_folder(path, input);
    } else if (ends_with_ignoring_case(path, ".zip")) {
        add_archive(path, "", input);
        for (Issue& issue : input.issues) {
            issue.location.file = path;
        }
    } else {
        add_file(path, fs::path(path).filename().string(), input);
    }
    std::sort(input.files.begin(), input.files.end(), [](const InputFile& a, const InputFile& b) { return a.display < b.display; });
    return input;
}

Result<std::unique_ptr<ByteStream>> open_stream(const InputFile& file, const InputOptions& options) {
    std::unique_ptr<ByteStream> stream;
    if (file.container.empty()) {
        auto plain = std::make_unique<FileStream>(file);
        if (!plain->is_open()) {
            return Issue{Severity::error, "exception", "the file cannot be opened", {file.display, 0, 0, {}}, "check its permissions"};
        }
        stream = std::move(plain);
    } else {
        auto entry = open_archive_entry(file);
        if (!entry) {
            return std::move(entry).issue();
        }
        stream = std::move(entry).value();
    }
    if (!file.encrypted) {
        return stream;
    }
    return open_openpgp(std::move(stream), file.display, options);
}

}  // namespace linkway::sources
