#include "gateway.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace service_test {

Folder::Folder(const std::string& name)
    : path_(fs::temp_directory_path() /
            ("linkway-service-" + name + "-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Gateway::Gateway(const fs::path& data, fs::path log, const std::vector<std::string>& arguments)
    : log_(std::move(log)) {
    std::vector<std::string> words = {LINKWAY_PROGRAM, "serve",      "--data",
                                      data.string(),   "--mappings", LINKWAY_MAPPINGS};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    ::setenv("LINKWAY_LISTEN_PORT", "0", 1);

    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return;
    }
    const int errors = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    child_ = ::fork();
    if (child_ == 0) {  // only what is safe between fork and exec
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(pipe[1], 1);
        ::dup2(errors, 2);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    ::close(errors);
    out_ = pipe[0];
}

Gateway::~Gateway() {
    kill();
    wait();
    ::close(out_);
}

bool Gateway::listens() {
    constexpr std::string_view before = "Linkway listens on ";
    std::string said;
    while (said.find('\n') == std::string::npos) {
        constexpr int patience = 60'000;  // ms; under a sanitizer starting takes a while
        pollfd readable{out_, POLLIN, 0};
        std::array<char, 1024> buffer{};
        if (::poll(&readable, 1, patience) <= 0) {
            return false;
        }
        const ssize_t size = ::read(out_, buffer.data(), buffer.size());
        if (size <= 0) {
            return false;
        }
        said.append(buffer.data(), static_cast<std::size_t>(size));
    }
    if (said.rfind(before, 0) != 0) {
        return false;
    }
    url_ = said.substr(before.size(), said.find('\n') - before.size());
    return true;
}

void Gateway::kill() {
    if (child_ > 0 && !ended_) {
        ::kill(child_, SIGKILL);
    }
}

int Gateway::stop() {
    if (child_ > 0 && !ended_) {
        ::kill(child_, SIGTERM);
    }
    return wait();
}

bool Gateway::runs() {
    if (!ended_ && child_ > 0 && ::waitpid(child_, &status_, WNOHANG) == child_) {
        ended_ = true;
    }
    return child_ > 0 && !ended_;
}

int Gateway::wait() {
    if (child_ > 0 && !ended_) {
        ::waitpid(child_, &status_, 0);
        ended_ = true;
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

}  // namespace service_test
