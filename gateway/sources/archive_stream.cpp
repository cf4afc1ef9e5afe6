#include "archive_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>

#include "split_zip.h"

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;
using text::Issue;
using text::Result;
using text::Severity;

struct CloseArchive {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

constexpr std::uint64_t always_allowed = std::uint64_t{1} << 30;
constexpr std::uint64_t largest_ratio = 200;

/// Where libarchive is in a zip in parts.
struct Cursor {
    std::unique_ptr<SplitZip> zip;
    std::uint64_t offset = 0;
    std::array<char, std::size_t{1} << 16> buffer{};
};

la_ssize_t read_on(archive* handle, void* data, const void** bytes) {
    auto& cursor = *static_cast<Cursor*>(data);
    auto got = cursor.zip->read(cursor.offset, cursor.buffer);
    if (!got) {
        archive_set_error(handle, EIO, "%s", got.issue().message.c_str());
        return ARCHIVE_FATAL;
    }
    cursor.offset += *got;
    *bytes = cursor.buffer.data();
    return static_cast<la_ssize_t>(*got);
}

la_int64_t seek_to(archive*, void* data, la_int64_t offset, int whence) {
    auto& cursor = *static_cast<Cursor*>(data);
    const auto size = static_cast<la_int64_t>(cursor.zip->size());
    const auto here = static_cast<la_int64_t>(cursor.offset);
    const la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_END ? size : here;
    cursor.offset = static_cast<std::uint64_t>(std::clamp<la_int64_t>(from + offset, 0, size));
    return static_cast<la_int64_t>(cursor.offset);
}

/// A zip open at its first entry. What it reads from outlives it.
struct OpenZip {
    std::unique_ptr<Cursor> cursor;  // of a zip in parts
    Archive handle;
};

std::string reason(archive* handle) {
    const char* text = archive_error_string(handle);
    return text == nullptr ? "unknown reason" : text;
}

Result<OpenZip> open_archive(const std::string& path) {
    auto split = SplitZip::open(path);
    if (!split) {
        return std::move(split).issue();
    }
    OpenZip zip;
    zip.handle.reset(archive_read_new());
    archive* handle = zip.handle.get();
    // By its directory only, which stands at its end: a zip that was cut off is never read in part.
    archive_read_support_format_zip_seekable(handle);
    int status = ARCHIVE_OK;
    if (*split == nullptr) {
        status = archive_read_open_filename(handle, path.c_str(), std::size_t{1} << 16);
    } else {
        zip.cursor = std::make_unique<Cursor>();
        zip.cursor->zip = std::move(split).value();
        archive_read_set_callback_data(handle, zip.cursor.get());
        archive_read_set_read_callback(handle, read_on);
        archive_read_set_seek_callback(handle, seek_to);
        status = archive_read_open1(handle);
    }
    if (status != ARCHIVE_OK) {
        return Issue{Severity::error,
                     "exception",
                     "the zip cannot be opened: " + reason(handle),
                     {path, 0, 0, {}},
                     "fetch it again"};
    }
    return zip;
}

/// Lets this thread have names in UTF-8 as long as it lives: libarchive gives none that the
/// locale's characters cannot say.
class Utf8Names {
  public:
    Utf8Names() : names_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{})) {
        if (names_ != locale_t{}) {
            before_ = ::uselocale(names_);
        }
    }
    ~Utf8Names() {
        if (names_ != locale_t{}) {
            ::uselocale(before_);
            ::freelocale(names_);
        }
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

  private:
    locale_t names_;
    locale_t before_{};
};

/// The name of an entry; empty when it has none that can be said.
std::string name_of(archive_entry* entry) {
    const char* name = archive_entry_pathname_utf8(entry);
    return name == nullptr ? "" : name;
}

/// Left out of a folder and so out of a zip, which often has them from the system that packed it.
bool is_hidden(const std::string& name) {
    const fs::path path(name);
    return std::any_of(path.begin(), path.end(), [](const fs::path& part) {
        const std::string text = part.string();
        return text.starts_with(".") && text != ".";
    });
}

/// Names such as "/etc/passwd", "../x" and "C:\x" point outside of where they are.
bool leads_out(const std::string& name) {
    const fs::path path(name);
    return name.empty() || path.is_absolute() || name.find('\\') != std::string::npos ||
           name.find(':') != std::string::npos ||
           std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

class EntryStream final : public ByteStream {
  public:
    EntryStream(OpenZip zip, const InputFile& file, std::uint64_t allowed)
        : zip_(std::move(zip)), display_(file.display), allowed_(allowed) {}

    Result<std::size_t> read(std::span<char> into) override {
        const la_ssize_t got = archive_read_data(zip_.handle.get(), into.data(), into.size());
        if (got < 0) {
            return issue("the zip entry cannot be read: " + reason(zip_.handle.get()),
                         "fetch the zip again");
        }
        total_ += static_cast<std::uint64_t>(got);
        if (total_ > allowed_) {
            return issue("the zip entry inflates to more than 200 times the size of its zip",
                         "if the zip is sound, unpack it first");
        }
        return static_cast<std::size_t>(got);
    }

  private:
    Issue issue(std::string message, std::string suggestion) const {
        return {Severity::error,
                "exception",
                std::move(message),
                {display_, 0, 0, {}},
                std::move(suggestion)};
    }

    OpenZip zip_;
    std::string display_;
    std::uint64_t allowed_;
    std::uint64_t total_ = 0;
};

}  // namespace

Input list_archive(const std::string& path) {
    Input input;
    const Utf8Names names_in_utf8;
    const auto zip = open_archive(path);
    if (!zip) {
        input.issues.push_back(zip.issue());
        return input;
    }
    archive* handle = zip->handle.get();
    archive_entry* entry = nullptr;
    std::set<std::string> names;
    int status = ARCHIVE_OK;
    while ((status = archive_read_next_header(handle, &entry)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
        const std::string name = name_of(entry);
        if (archive_entry_filetype(entry) == AE_IFDIR) {
            continue;
        }
        const auto refuse = [&](const char* code, const std::string& message) {
            input.issues.push_back({Severity::error,
                                    code,
                                    "zip entry: " + message,
                                    {path, 0, 0, {}},
                                    "it is not read"});
        };
        if (archive_entry_filetype(entry) != AE_IFREG) {
            refuse("security", "a link or a device");
        } else if (leads_out(name)) {
            refuse("security", "no name, or one that leads out of the zip");
        } else if (is_hidden(name)) {
            continue;
        } else if (!names.insert(name).second) {
            refuse("security", "a second one of the name " + name);
        } else if (archive_entry_is_encrypted(entry) != 0) {
            refuse("security", "encrypted by the zip itself; OpenPGP is what is supported");
        } else {
            InputFile file;
            file.name = fs::path(name).filename().string();
            file.display = name;
            file.size =
                static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
            file.container = path;
            file.entry = name;
            input.files.push_back(std::move(file));
        }
    }
    if (status != ARCHIVE_EOF) {
        input.issues.push_back({Severity::error,
                                "exception",
                                "the zip is damaged: " + reason(handle),
                                {path, 0, 0, {}},
                                "fetch it again"});
    }
    std::sort(input.files.begin(), input.files.end(),
              [](const InputFile& a, const InputFile& b) { return a.display < b.display; });
    return input;
}

Result<std::unique_ptr<ByteStream>> open_archive_entry(const InputFile& file) {
    const Utf8Names names_in_utf8;
    auto zip = open_archive(file.container);
    archive_entry* entry = nullptr;
    while (zip) {
        const int status = archive_read_next_header(zip->handle.get(), &entry);
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            break;
        }
        if (archive_entry_filetype(entry) != AE_IFREG || name_of(entry) != file.entry) {
            continue;
        }
        std::error_code error;
        const std::uintmax_t size =
            zip->cursor ? zip->cursor->zip->size() : fs::file_size(file.container, error);
        const std::uint64_t allowed =
            error ? always_allowed : std::max<std::uint64_t>(always_allowed, largest_ratio * size);
        return std::unique_ptr<ByteStream>(
            std::make_unique<EntryStream>(std::move(zip).value(), file, allowed));
    }
    return Issue{
        Severity::error,
        "exception",
        "the zip entry cannot be found again" + (zip ? std::string() : ": " + zip.issue().message),
        {file.display, 0, 0, {}},
        "was the zip changed while it was read?"};
}

}  // namespace linkway::sources
