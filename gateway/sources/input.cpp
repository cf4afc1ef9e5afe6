#include "sources/input.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "archive_stream.h"
#include "openpgp_stream.h"
#include "split_zip.h"
#include "stream_file.h"

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;
using text::Issue;
using text::Issues;
using text::Result;
using text::Severity;

bool ends_with_ignoring_case(const std::string& name, std::string_view ending) {
    return name.size() >= ending.size() &&
           std::equal(ending.begin(), ending.end(),
                      name.end() - static_cast<std::ptrdiff_t>(ending.size()), [](char a, char b) {
                          return a == std::tolower(static_cast<unsigned char>(b));
                      });
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

/// Whether what a link points to lies below `root`.
bool stays_inside(const fs::path& link, const fs::path& root) {
    std::error_code error;
    const fs::path target = fs::weakly_canonical(link, error);
    const fs::path relative = target.lexically_relative(fs::weakly_canonical(root, error));
    return !relative.empty() && relative.begin()->string() != "..";
}

/// One thing below a folder; whether the walk may go into it.
bool add_found(const fs::directory_entry& found, const fs::path& root, std::vector<fs::path>& files,
               Issues& issues) {
    const auto say = [&](Severity severity, const char* code, const std::string& message,
                         const char* suggestion) {
        issues.push_back({severity,
                          code,
                          message,
                          {found.path().lexically_relative(root).generic_string(), 0, 0, {}},
                          suggestion});
    };
    std::error_code error;
    if (found.path().filename().string().starts_with(".")) {
        return false;
    }
    if (found.is_symlink(error) && !stays_inside(found.path(), root)) {
        say(Severity::warning, "security",
            "a link that leads out of the folder; it is not followed", "copy what it points to");
        return false;
    }
    if (found.is_symlink(error) && !found.exists(error)) {
        say(Severity::warning, "not-found", "a link that leads nowhere", "copy the file itself");
        return false;
    }
    if (found.is_directory(error)) {
        if (found.is_symlink(error)) {
            return false;  // it is read where it stands
        }
        const fs::directory_iterator readable(found.path(), error);
        if (error) {
            say(Severity::error, "exception", "the folder cannot be read: " + error.message(),
                "check its permissions");
        }
        return !error;
    }
    if (found.is_regular_file(error)) {
        files.push_back(found.path());
    }
    return false;
}

void add_folder(const fs::path& root, Input& input) {
    std::error_code error;
    std::vector<fs::path> paths;
    for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
         it.increment(error)) {
        if (!add_found(*it, root, paths, input.issues)) {
            it.disable_recursion_pending();
        }
    }
    if (error) {
        input.issues.push_back({Severity::error,
                                "exception",
                                "not all of the folder can be read: " + error.message(),
                                {root.string(), 0, 0, {}},
                                "check it and its permissions"});
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        const std::string display = path.lexically_relative(root).generic_string();
        if (ends_with_ignoring_case(display, ".zip")) {
            add_archive(path, display, input);
        } else if (SplitZip::is_part(display)) {
            if (!fs::exists(SplitZip::last_of(path.string()), error)) {
                input.issues.push_back(
                    {Severity::error,
                     "not-found",
                     "a part of a split zip without its last one, " +
                         fs::path(SplitZip::last_of(display)).filename().string(),
                     {display, 0, 0, {}},
                     "fetch all its parts into one folder"});
            }
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
        return Issue{Severity::fatal,
                     "not-found",
                     "there is no such file or folder",
                     {path, 0, 0, {}},
                     "check the path"};
    }
    Input input;
    if (fs::is_directory(status)) {
        const fs::directory_iterator readable(path, error);
        if (error) {
            return Issue{Severity::fatal,
                         "exception",
                         "the folder cannot be read: " + error.message(),
                         {path, 0, 0, {}},
                         "check its permissions"};
        }
        add_folder(path, input);
    } else if (fs::is_regular_file(status) && ends_with_ignoring_case(path, ".zip")) {
        add_archive(path, "", input);
        for (Issue& issue : input.issues) {
            issue.location.file = path;
        }
    } else if (fs::is_regular_file(status)) {
        add_file(path, fs::path(path).filename().string(), input);
    } else {
        return Issue{Severity::fatal,
                     "not-supported",
                     "this is neither a file nor a folder",
                     {path, 0, 0, {}},
                     "write it to a file first"};
    }
    std::sort(input.files.begin(), input.files.end(),
              [](const InputFile& a, const InputFile& b) { return a.display < b.display; });
    return input;
}

Result<std::unique_ptr<ByteStream>> open_stream(const InputFile& file,
                                                const InputOptions& options) {
    std::unique_ptr<ByteStream> stream;
    if (file.container.empty()) {
        auto plain = PlainFile::open(file);
        if (!plain) {
            return std::move(plain).issue();
        }
        stream = stream_from(std::move(plain).value(), 0);
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
