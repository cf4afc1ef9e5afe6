#include "sources/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <system_error>

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_size = std::size_t{1} << 20;

text::Issue failure(const std::string& target, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return {text::Severity::fatal,
            full ? "no-store" : "exception",
            full ? "no space left on the device for the output; nothing was written"
                 : "the output cannot be written: " + std::generic_category().message(error) +
                       "; nothing was left behind",
            {target, 0, 0, {}},
            full ? "free some space or choose another folder, then run again"
                 : "check the folder and its permissions"};
}

/// An open file with its own buffer; the descriptor closes with it.
class Writer {
  public:
    explicit Writer(const fs::path& path)
        : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
        error_ = descriptor_ < 0 ? errno : 0;
    }
    ~Writer() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    int append(std::string_view bytes) {
        if (buffer_.size() + bytes.size() > buffer_size) {
            flush();
            if (bytes.size() > buffer_size) {
                put(bytes);
                return error_;
            }
        }
        buffer_ += bytes;
        return error_;
    }

    int flush() {
        put(buffer_);
        buffer_.clear();
        return error_;
    }

    int sync() {
        flush();
        if (error_ == 0 && ::fsync(descriptor_) != 0) {
            error_ = errno;
        }
        return error_;
    }

  private:
    void put(std::string_view bytes) {
        while (error_ == 0 && !bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) {
                error_ = errno;
            } else if (written > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(written));
            }
        }
    }

    int descriptor_;
    int error_ = 0;
    std::string buffer_;
};

/// Makes a folder's entries durable, as far as its file system can.
void sync_folder(const fs::path& folder) {
    const int descriptor =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

}  // namespace

struct OutputFolder::State {
    fs::path target;
    fs::path temporary;
    bool overwrite = false;
    bool committed = false;
    std::map<std::string, std::unique_ptr<Writer>> writers;
    int error = 0;  ///< of the first failure; nothing is tried after it

    text::Status note(int found) {
        error = error == 0 ? found : error;
        return error == 0 ? text::Status() : failure(target.string(), error);
    }
};

OutputFolder::OutputFolder() : state_(std::make_unique<State>()) {}

OutputFolder::~OutputFolder() {
    state_->writers.clear();
    if (!state_->committed) {
        std::error_code ignored;
        fs::remove_all(state_->temporary, ignored);
    }
}

text::Result<std::unique_ptr<OutputFolder>> OutputFolder::create(const std::string& target,
                                                                 bool overwrite) {
    std::unique_ptr<OutputFolder> folder(new OutputFolder);
    State& state = *folder->state_;
    state.target = fs::path(target).lexically_normal();
    if (!state.target.has_filename()) {
        state.target = state.target.parent_path();
    }
    state.overwrite = overwrite;
    std::error_code error;
    const bool exists = fs::exists(state.target, error);
    const bool empty =
        exists && fs::is_directory(state.target, error) && fs::is_empty(state.target, error);
    if (exists && !empty && !overwrite) {
        return text::Issue{text::Severity::fatal,
                           "duplicate",
                           "the output exists already and is not empty",
                           {target, 0, 0, {}},
                           "choose another folder, or give --overwrite to replace it"};
    }
    const fs::path parent =
        state.target.has_parent_path() ? state.target.parent_path() : fs::path(".");
    fs::create_directories(parent, error);
    state.temporary = parent / ("." + state.target.filename().string() + ".partial-" +
                                std::to_string(::getpid()));
    fs::remove_all(state.temporary, error);
    fs::create_directory(state.temporary, error);
    if (error) {
        state.committed = true;  // nothing of ours to remove
        return failure(target, error.value());
    }
    return folder;
}

text::Status OutputFolder::append(const std::string& name, std::string_view bytes) {
    if (state_->error != 0) {
        return state_->note(0);
    }
    auto& writer = state_->writers[name];
    if (!writer) {
        const fs::path path = state_->temporary / name;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        writer = std::make_unique<Writer>(path);
    }
    return state_->note(writer->append(bytes));
}

text::Status OutputFolder::write(const std::string& name, std::string_view bytes) {
    if (text::Status status = append(name, bytes)) {
        return status;
    }
    const int error = state_->writers[name]->sync();
    state_->writers.erase(name);
    return state_->note(error);
}

std::string OutputFolder::temporary() const {
    return state_->temporary.string();
}

text::Status OutputFolder::finish() {
    for (auto& [name, writer] : state_->writers) {
        if (const int error = writer->sync(); state_->error == 0) {
            state_->error = error;
        }
    }
    state_->writers.clear();
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(state_->temporary, ignored)) {
        if (entry.is_directory(ignored)) {
            sync_folder(entry.path());
        }
    }
    sync_folder(state_->temporary);
    return state_->note(0);
}

text::Status OutputFolder::commit() {
    if (text::Status failed = finish()) {
        return failed;
    }
    std::error_code error;
    const fs::path old = state_->temporary.string() + ".old";
    const bool replace = state_->overwrite && fs::exists(state_->target, error);
    if (replace) {
        fs::rename(state_->target, old, error);
    }
    if (!error) {
        fs::rename(state_->temporary, state_->target, error);
    }
    if (error) {
        return state_->note(error.value());
    }
    // Whoever is told that it is there may rely on it after a loss of power too.
    sync_folder(state_->target.parent_path());
    state_->committed = true;
    if (replace) {
        fs::remove_all(old, error);
    }
    return {};
}

}  // namespace linkway::sources
