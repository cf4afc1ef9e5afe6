#include "openpgp_stream.h"

#include <gpgme.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;

constexpr std::size_t buffered_bytes = std::size_t{1} << 20;

Issue security_issue(const std::string& display, std::string message, std::string suggestion) {
    return {Severity::error,
            "security",
            std::move(message),
            {display, 0, 0, {}},
            std::move(suggestion)};
}

struct ReleaseContext {
    void operator()(gpgme_ctx_t context) const { gpgme_release(context); }
};
struct ReleaseData {
    void operator()(gpgme_data_t data) const { gpgme_data_release(data); }
};
using Context = std::unique_ptr<std::remove_pointer_t<gpgme_ctx_t>, ReleaseContext>;
using Data = std::unique_ptr<std::remove_pointer_t<gpgme_data_t>, ReleaseData>;

/// Runs GnuPG on a thread of its own, which fills a bounded buffer.
class OpenPgpStream final : public ByteStream {
  public:
    OpenPgpStream(std::unique_ptr<ByteStream> encrypted, std::string display, Context context)
        : encrypted_(std::move(encrypted)),
          display_(std::move(display)),
          context_(std::move(context)),
          worker_([this] { decrypt(); }) {}

    ~OpenPgpStream() override {
        {
            const std::lock_guard lock(mutex_);
            abandoned_ = true;
        }
        changed_.notify_all();
    }

    Result<std::size_t> read(std::span<char> into) override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !buffer_.empty() || finished_; });
        if (buffer_.empty()) {
            if (failure_) {
                return *failure_;
            }
            return std::size_t{0};
        }
        const std::size_t size = std::min(into.size(), buffer_.size());
        std::copy_n(buffer_.begin(), size, into.begin());
        buffer_.erase(0, size);
        lock.unlock();
        changed_.notify_all();
        return size;
    }

  private:
    static gpgme_ssize_t give(void* self, void* into, std::size_t size) {
        auto& stream = *static_cast<OpenPgpStream*>(self);
        auto read = stream.encrypted_->read({static_cast<char*>(into), size});
        if (!read) {
            stream.read_failure_ = std::move(read).issue();
            errno = EIO;
            return -1;
        }
        return static_cast<gpgme_ssize_t>(*read);
    }

    static gpgme_ssize_t take(void* self, const void* bytes, std::size_t size) {
        auto& stream = *static_cast<OpenPgpStream*>(self);
        std::unique_lock lock(stream.mutex_);
        stream.changed_.wait(
            lock, [&] { return stream.buffer_.size() < buffered_bytes || stream.abandoned_; });
        if (stream.abandoned_) {
            errno = ECANCELED;
            return -1;
        }
        stream.buffer_.append(static_cast<const char*>(bytes), size);
        lock.unlock();
        stream.changed_.notify_all();
        return static_cast<gpgme_ssize_t>(size);
    }

    void decrypt() {
        gpgme_data_cbs source{give, nullptr, nullptr, nullptr};
        gpgme_data_cbs sink{nullptr, take, nullptr, nullptr};
        gpgme_data_t in = nullptr;
        gpgme_data_t out = nullptr;
        gpgme_data_new_from_cbs(&in, &source, this);
        const Data input(in);
        gpgme_data_new_from_cbs(&out, &sink, this);
        const Data output(out);
        const gpgme_error_t error = gpgme_op_decrypt_verify(context_.get(), in, out);
        std::optional<Issue> failure = read_failure_;
        if (!failure && error != 0) {
            failure =
                gpgme_err_code(error) == GPG_ERR_NO_DATA
                    ? security_issue(display_, "the file is no OpenPGP message", "fetch it again")
                    : security_issue(
                          display_,
                          std::string("the file cannot be decrypted: ") + gpgme_strerror(error),
                          "is the private key in the keyring that --gnupg-home names?");
        }
        if (!failure) {
            failure = check_signature();
        }
        {
            const std::lock_guard lock(mutex_);
            failure_ = std::move(failure);
            finished_ = true;
        }
        changed_.notify_all();
    }

    std::optional<Issue> check_signature() const {
        const gpgme_verify_result_t result = gpgme_op_verify_result(context_.get());
        if (result == nullptr || result->signatures == nullptr) {
            return security_issue(display_, "the file is not signed",
                                  "ask the supplier; an unsigned extract is refused");
        }
        for (gpgme_signature_t signature = result->signatures; signature != nullptr;
             signature = signature->next) {
            switch (gpgme_err_code(signature->status)) {
                case GPG_ERR_NO_ERROR:
                    break;
                case GPG_ERR_NO_PUBKEY:
                    return security_issue(display_,
                                          "the file is signed by a key that is not in the keyring",
                                          "import the supplier's public key into the keyring");
                default:
                    return security_issue(display_,
                                          std::string("the signature is not good: ") +
                                              gpgme_strerror(signature->status),
                                          "fetch the file again; if it stays so, ask the supplier");
            }
        }
        return {};
    }

    std::unique_ptr<ByteStream> encrypted_;
    std::string display_;
    Context context_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string buffer_;
    bool finished_ = false;
    bool abandoned_ = false;
    std::optional<Issue> failure_;
    std::optional<Issue> read_failure_;  // the worker's own until it has finished
    std::jthread worker_;                // last, so that it is joined before anything it uses goes
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_openpgp(std::unique_ptr<ByteStream> encrypted,
                                                 const std::string& display,
                                                 const InputOptions& options) {
    static const char* const version =
        gpgme_check_version(nullptr);  // initialises the library, once
    gpgme_ctx_t raw = nullptr;
    if (version == nullptr || gpgme_new(&raw) != 0) {
        return security_issue(display, "GnuPG is not available", "install gnupg");
    }
    Context context(raw);
    gpgme_set_protocol(raw, GPGME_PROTOCOL_OpenPGP);
    gpgme_set_offline(raw, 1);
    const char* home = options.gnupg_home.empty() ? nullptr : options.gnupg_home.c_str();
    if (const gpgme_error_t error =
            gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_OpenPGP, nullptr, home)) {
        return security_issue(display,
                              std::string("GnuPG cannot be started: ") + gpgme_strerror(error),
                              "install gnupg");
    }
    return std::unique_ptr<ByteStream>(
        std::make_unique<OpenPgpStream>(std::move(encrypted), display, std::move(context)));
}

}  // namespace linkway::sources
