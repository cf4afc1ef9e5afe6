#include "stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace linkway::http {

namespace {

Transferred outcome(ssize_t size, Transfer when_full) {
    if (size >= 0) {
        return {Transfer::done, static_cast<std::size_t>(size)};
    }
    const bool may_go_on = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {may_go_on ? when_full : Transfer::ended};
}

}  // namespace

Stream::Stream(int descriptor) : descriptor_(descriptor) {
    const int yes = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

Stream::~Stream() {
    ::close(descriptor_);
}

Transferred Stream::read(std::span<char> buffer) {
    const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    return size == 0 ? Transferred{Transfer::ended} : outcome(size, Transfer::wants_read);
}

Transferred Stream::write(std::string_view bytes) {
    return outcome(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                   Transfer::wants_write);
}

void Stream::finish() {
    ::shutdown(descriptor_, SHUT_WR);
}

}  // namespace linkway::http
