// What the tests serve: it says what it was asked, and counts.
#pragma once

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "http/server.h"

class EchoService final : public linkway::http::Service {
  public:
    EchoService() { std::filesystem::create_directories(folder); }
    ~EchoService() override { std::filesystem::remove_all(folder); }

    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("linkway-http-" + std::to_string(::getpid()));
    std::atomic<int> handled = 0;
    std::atomic<int> accepted = 0;

    std::variant<linkway::http::BodyPlan, linkway::http::Response> accept(
        const linkway::http::Head& head) override {
        const int number = ++accepted;
        if (head.path == "/forbidden") {
            return linkway::http::Response{401, {}, "who?"};
        }
        if (head.path == "/accept-throws") {
            throw std::runtime_error("on purpose");
        }
        if (head.path == "/spool") {
            return linkway::http::BodyPlan{1 << 20, (folder / std::to_string(number)).string()};
        }
        if (head.path == "/unwritable") {
            return linkway::http::BodyPlan{1 << 20, (folder / "no" / "such").string()};
        }
        return linkway::http::BodyPlan{head.path == "/small" ? 10U : 1U << 20U, {}};
    }

    linkway::http::Response handle(linkway::http::Request& request) override {
        ++handled;
        const std::string& path = request.head.path;
        if (path == "/throws") {
            throw std::runtime_error("on purpose");
        }
        if (path == "/splits") {
            return {200, {{"X-Header", "a\r\nX-Other: b"}}, "body"};
        }
        if (path == "/nothing") {
            return {204, {}, {}};
        }
        if (path == "/large") {
            return {200, {}, std::string(std::size_t{32} << 20U, 'x')};
        }
        if (path == "/waits") {
            wait_until_open();
        }
        if (path == "/spool") {
            std::ifstream file(request.body_file, std::ios::binary);
            std::ostringstream content;
            content << file.rdbuf();
            request.body = content.str();
        }
        return {200,
                {{"Content-Type", "text/plain"}},
                request.head.method + " " + path + "?" + request.head.query + "\n" + request.body};
    }

    linkway::http::Response refuse(int status, std::string_view reason) override {
        return {status, {{"Content-Type", "text/plain"}}, std::string(reason)};
    }

    /// Lets the handlers of /waits return.
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

    std::size_t files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder)) {
            ++count;
        }
        return count;
    }

  private:
    void wait_until_open() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return open_; });
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

/// Waits for something that comes within moments, or never.
template <class Condition>
bool soon(Condition condition, int tries = 3000) {
    for (int i = 0; i < tries; ++i) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}
