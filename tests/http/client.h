// A client that sends exactly the bytes it is told to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

class Client {
  public:
    explicit Client(std::uint16_t port, int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_buffer > 0) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        const timeval patience{30, 0};  // a test that waits so long has failed
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    }
    Client(Client&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    Client& operator=(Client&&) = delete;
    ~Client() {
        if (socket_ >= 0) {
            ::close(socket_);
        }
    }

    bool connected() const { return connected_; }
    int descriptor() const { return socket_; }

    /// False when the server no longer listens to it.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void send_no_more() const { ::shutdown(socket_, SHUT_WR); }

    /// What the server sends until it closes.
    std::string read_all() {
        while (read_some()) {
        }
        return std::exchange(received_, {});
    }

    /// One answer with its body, by Content-Length; what is there when the server closes before.
    std::string read_answer() {
        std::size_t size = std::string::npos;
        while ((size = answer_size()) == std::string::npos || received_.size() < size) {
            if (!read_some()) {
                return std::exchange(received_, {});
            }
        }
        std::string answer = received_.substr(0, size);
        received_.erase(0, size);
        return answer;
    }

    bool closed_by_server() { return read_all().empty() && !timed_out_; }

  private:
    bool read_some() {
        std::array<char, 16384> buffer{};
        const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
        timed_out_ = size < 0 && errno == EAGAIN;
        if (size > 0) {
            received_.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return size > 0;
    }

    std::size_t answer_size() const {
        const std::size_t end = received_.find("\r\n\r\n");
        if (end == std::string::npos) {
            return end;
        }
        constexpr std::string_view name = "\r\nContent-Length: ";
        const std::size_t length = received_.find(name);
        return end + 4 +
               (length < end ? std::stoul(received_.substr(length + name.size(), 12)) : 0U);
    }

    int socket_;
    bool connected_ = false;
    bool timed_out_ = false;
    std::string received_;
};
