#include "body_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace linkway::http {

bool BodySink::open(const BodyPlan& plan) {
    reset();
    if (plan.spool_to.empty()) {
        return true;
    }
    descriptor_ = ::open(plan.spool_to.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ >= 0) {
        file_ = plan.spool_to;
    }
    return descriptor_ >= 0;
}

bool BodySink::append(std::string_view bytes) {
    size_ += bytes.size();
    if (descriptor_ < 0) {
        memory_ += bytes;
        return true;
    }
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
}

bool BodySink::give_to(Request& request) {
    request.body = std::move(memory_);
    request.body_file = file_;
    // Some file systems say only now that there was no space.
    return descriptor_ < 0 || ::close(std::exchange(descriptor_, -1)) == 0;
}

void BodySink::reset() {
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
    if (!file_.empty()) {
        ::unlink(file_.c_str());
    }
    file_.clear();
    std::string().swap(memory_);
    size_ = 0;
}

}  // namespace linkway::http
