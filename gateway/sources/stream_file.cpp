#include "stream_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;

Issue failure(const std::string& display, const std::string& message,
              const std::string& suggestion) {
    return {Severity::error, "exception", message, {display, 0, 0, {}}, suggestion};
}

std::string reason(int error) {
    return std::generic_category().message(error);
}

class FileStream final : public ByteStream {
  public:
    FileStream(std::shared_ptr<const PlainFile> file, std::uint64_t offset)
        : file_(std::move(file)), offset_(offset) {}

    Result<std::size_t> read(std::span<char> into) override {
        auto got = file_->read(offset_, into);
        offset_ += got ? *got : 0;
        return got;
    }

  private:
    std::shared_ptr<const PlainFile> file_;
    std::uint64_t offset_;
};

}  // namespace

Result<std::shared_ptr<const PlainFile>> PlainFile::open(const InputFile& file) {
    // Non-blocking: a pipe in place of a file must not make us wait for a writer.
    const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return failure(file.display, "the file cannot be opened: " + reason(errno),
                       "check that it exists and may be read");
    }
    std::shared_ptr<PlainFile> opened(new PlainFile(descriptor, 0, file.display));
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) {
        return failure(file.display, "the file cannot be read: " + reason(errno), "check the disk");
    }
    if (!S_ISREG(status.st_mode)) {
        const char* const what = S_ISDIR(status.st_mode) ? "a folder" : "not a regular file";
        return failure(file.display, std::string("this is ") + what + ", where a file was expected",
                       "check the name");
    }
    opened->size_ = static_cast<std::uint64_t>(status.st_size);
    return std::shared_ptr<const PlainFile>(std::move(opened));
}

PlainFile::~PlainFile() {
    ::close(descriptor_);
}

Result<std::size_t> PlainFile::read(std::uint64_t offset, std::span<char> into) const {
    const auto want = static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size(), size_ - std::min(size_, offset)));
    ssize_t got = 0;
    do {
        got = want == 0 ? 0 : ::pread(descriptor_, into.data(), want, static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return failure(display_, "the file cannot be read: " + reason(errno), "check the disk");
    }
    if (got == 0 && want > 0) {
        return failure(display_, "the file became shorter while it was read",
                       "run again when it is complete");
    }
    return static_cast<std::size_t>(got);
}

std::unique_ptr<ByteStream> stream_from(std::shared_ptr<const PlainFile> file,
                                        std::uint64_t offset) {
    return std::make_unique<FileStream>(std::move(file), offset);
}

}  // namespace linkway::sources
