#include "http/server.h"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connection.h"
#include "tls.h"

namespace linkway::http {

namespace {

/// Bytes read at a time, and so the most input that a connection may hold unused.
constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;

/// Connections beyond the limit that are still told so; any more are closed at once.
constexpr std::size_t turned_away_at_once = 128;

constexpr int backlog = 1024;

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(value_); }
    int get() const { return value_; }

  private:
    int value_;
};

/// Every thread waits on one epoll set. What it watches is armed for one event at a time
/// (EPOLLONESHOT), so that the thread which gets an event owns that connection until it arms it
/// again, without a lock.
class EpollServer final : public Server {
  public:
    EpollServer(const Options& options, Service& service, TlsContext tls)
        : shared_(options, service),
          tls_(std::move(tls)),
          epoll_(::epoll_create1(EPOLL_CLOEXEC)),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~EpollServer() override { stop(Milliseconds(0)); }

    void open();

    std::uint16_t port() const override { return port_; }
    Statistics statistics() const override;
    void stop(Milliseconds grace) override;

  private:
    void work();
    void sweep();
    void accept_some();
    std::size_t open_connections() const {
        const std::lock_guard lock(mutex_);
        return connections_.size();
    }
    void admit(int descriptor, const std::string& peer);
    void serve(Connection& connection, std::span<char> buffer);
    void close(Connection& connection);
    bool arm(int operation, int descriptor, std::uint32_t events, void* tag) const;
    bool arm_listener(int operation) {
        return arm(operation, listener_.impl()->sockfd(), EPOLLIN | EPOLLONESHOT, &listener_);
    }

    Shared shared_;
    TlsContext tls_;
    Poco::Net::ServerSocket listener_;
    std::uint16_t port_ = 0;
    Descriptor epoll_;
    Descriptor wake_;  // readable for good once the threads shall end

    mutable std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    std::unordered_map<int, std::unique_ptr<Connection>> connections_;  // by descriptor
    bool listener_rests_ = false;  // no descriptors were left; sweep() tries again
    bool ended_ = false;

    std::mutex stop_mutex_;
    std::vector<std::thread> threads_;
};

void EpollServer::open() {
    const Options& options = shared_.options;
    // Not sharing the port: Poco asks for that, too, unless told otherwise.
    listener_.bind(Poco::Net::SocketAddress(options.address, options.port), true, false);
    listener_.listen(backlog);
    listener_.setBlocking(false);
    port_ = listener_.address().port();
    if (!arm(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, &wake_) || !arm_listener(EPOLL_CTL_ADD)) {
        throw Poco::SystemException("the system gives no more descriptors or watches");
    }
    threads_.emplace_back([this] { sweep(); });
    for (std::size_t i = 0; i < options.threads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

bool EpollServer::arm(int operation, int descriptor, std::uint32_t events, void* tag) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = tag;
    return ::epoll_ctl(epoll_.get(), operation, descriptor, &event) == 0;
}

void EpollServer::work() {
    const auto buffer = std::make_unique_for_overwrite<char[]>(buffer_bytes);
    for (;;) {
        epoll_event event{};
        // One at a time: a handler may block, and others can take the next.
        const int count = ::epoll_wait(epoll_.get(), &event, 1, -1);
        if (count < 0 && errno != EINTR) {
            return;
        }
        if (count <= 0) {
            continue;
        }
        if (event.data.ptr == &wake_) {
            return;
        }
        if (event.data.ptr == &listener_) {
            accept_some();
        } else {
            serve(*static_cast<Connection*>(event.data.ptr), {buffer.get(), buffer_bytes});
        }
    }
}

void EpollServer::serve(Connection& connection, std::span<char> buffer) {
    Connection::Next next = Connection::Next::close;
    connection.take_over();
    try {
        next = connection.advance(buffer);
    } catch (...) {  // out of memory: this connection ends, the others go on
        ++shared_.failed;
    }
    // From when it is armed on it is another thread's, and may be gone.
    const int descriptor = connection.descriptor();
    connection.hand_over();
    switch (next) {
        case Connection::Next::close:
            close(connection);
            break;
        case Connection::Next::read:
            arm(EPOLL_CTL_MOD, descriptor, EPOLLIN | EPOLLONESHOT, &connection);
            break;
        case Connection::Next::write:
            arm(EPOLL_CTL_MOD, descriptor, EPOLLOUT | EPOLLONESHOT, &connection);
            break;
        case Connection::Next::either:
            arm(EPOLL_CTL_MOD, descriptor, EPOLLIN | EPOLLOUT | EPOLLONESHOT, &connection);
            break;
    }
}

/// Out of the table first: sweep() must not meet a descriptor that is another's by then.
void EpollServer::close(Connection& connection) {
    std::unique_ptr<Connection> closed;
    {
        const std::lock_guard lock(mutex_);
        const auto found = connections_.find(connection.descriptor());
        closed = std::move(found->second);
        connections_.erase(found);
    }
    closed.reset();
    if (shared_.stopping) {
        changed_.notify_all();
    }
}

void EpollServer::accept_some() {
    constexpr int at_once = 64;
    for (int i = 0; i < at_once; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof(address);
        // Not through Poco, which lets programs that are started inherit its descriptors.
        const int descriptor =
            ::accept4(listener_.impl()->sockfd(), reinterpret_cast<sockaddr*>(&address), &size,
                      SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor < 0 &&
            (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            const std::lock_guard lock(mutex_);
            listener_rests_ = true;
            return;
        }
        if (descriptor < 0 && (errno == EAGAIN || errno == EINVAL || errno == EBADF)) {
            break;
        }
        if (descriptor >= 0) {
            try {
                const Poco::Net::SocketAddress peer(reinterpret_cast<sockaddr*>(&address), size);
                admit(descriptor, peer.host().toString());
            } catch (...) {  // gone already, or no memory for one more
                ++shared_.failed;
            }
        }
    }
    const std::lock_guard lock(mutex_);
    if (!shared_.stopping) {
        arm_listener(EPOLL_CTL_MOD);
    }
}

void EpollServer::admit(int descriptor, const std::string& peer) {
    std::unique_ptr<Stream> stream =
        tls_ ? std::make_unique<TlsStream>(descriptor, tls_) : std::make_unique<Stream>(descriptor);
    auto connection =
        std::make_unique<Connection>(shared_, std::move(stream), peer, tls_ != nullptr);
    ++shared_.connections;
    Connection& added = *connection;
    const std::size_t limit = shared_.options.limits.connections;
    const std::size_t others = open_connections();
    if (others >= limit + turned_away_at_once) {
        return;
    }
    if (others >= limit) {
        added.start_with_refusal(503, "The server has as many connections as it can serve");
    }
    added.hand_over();
    {
        const std::lock_guard lock(mutex_);
        if (shared_.stopping) {
            return;
        }
        connections_.emplace(descriptor, std::move(connection));
    }
    if (!arm(EPOLL_CTL_ADD, descriptor, (others >= limit ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT,
             &added)) {
        close(added);
    }
}

/// Looks at deadlines until the server has ended.
void EpollServer::sweep() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
        changed_.wait_for(lock, shared_.options.sweep_every, [this] { return ended_; });
        const Milliseconds now = shared_.options.now();
        for (const auto& [descriptor, connection] : connections_) {
            connection->expire(now);
        }
        if (listener_rests_ && !shared_.stopping) {
            listener_rests_ = false;
            arm_listener(EPOLL_CTL_MOD);
        }
    }
}

void EpollServer::stop(Milliseconds grace) {
    const std::lock_guard only_once(stop_mutex_);
    if (threads_.empty()) {
        return;
    }
    std::unique_lock lock(mutex_);
    shared_.stopping = true;
    ::shutdown(listener_.impl()->sockfd(), SHUT_RDWR);  // a thread may be accepting
    const auto until = std::chrono::steady_clock::now() + grace;
    const auto gone = [this] { return connections_.empty(); };
    do {
        for (const auto& [descriptor, connection] : connections_) {
            connection->close_if_idle();
        }
    } while (!changed_.wait_for(lock, Milliseconds(20), gone) &&
             std::chrono::steady_clock::now() < until);
    while (!gone()) {
        for (const auto& [descriptor, connection] : connections_) {
            connection->close_now();
        }
        changed_.wait_for(lock, Milliseconds(20), gone);
    }
    ended_ = true;
    lock.unlock();
    changed_.notify_all();
    ::eventfd_write(wake_.get(), 1);
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
    listener_.close();
}

Statistics EpollServer::statistics() const {
    Statistics result;
    {
        const std::lock_guard lock(mutex_);
        result.open_connections = connections_.size();
        for (const auto& [descriptor, connection] : connections_) {
            result.busy_connections += connection->is_busy() ? 1 : 0;
        }
    }
    result.connections = shared_.connections;
    result.requests = shared_.requests;
    result.refused = shared_.refused;
    result.timed_out = shared_.timed_out;
    result.cut_short = shared_.cut_short;
    result.failed = shared_.failed;
    return result;
}

}  // namespace

text::Result<std::unique_ptr<Server>> Server::start(const Options& options, Service& service) {
    // OpenSSL writes to sockets without asking that a broken one be an error, not a signal.
    std::signal(SIGPIPE, SIG_IGN);
    TlsContext tls;
    if (options.tls) {
        auto context = make_tls_context(*options.tls);
        if (!context) {
            return std::move(context).issue();
        }
        tls = std::move(*context);
    }
    auto server = std::make_unique<EpollServer>(options, service, std::move(tls));
    const auto issue = [&options](const std::string& why) {
        return text::Issue{
            text::Severity::error,
            "exception",
            "cannot listen on " + options.address + " port " + std::to_string(options.port) + ": " +
                why,
            {},
            "choose an address of this machine and a port that no other program uses"};
    };
    try {
        server->open();
    } catch (const Poco::Exception& error) {
        return issue(error.displayText());
    } catch (const std::system_error& error) {  // no more threads
        return issue(error.what());
    }
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace linkway::http
