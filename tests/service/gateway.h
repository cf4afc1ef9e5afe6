// `linkway serve` as a child process on a port that is free. Whatever becomes of the test, the
// child ends with it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "commands/run_program.h"

namespace service_test {

namespace fs = std::filesystem;

/// A new folder that is gone at the end.
class Folder {
  public:
    explicit Folder(const std::string& name);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path operator/(const std::string& name) const { return path_ / name; }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

class Gateway {
  public:
    /// Starts it; what it says on standard error is appended to `log`. To be called by a thread
    /// that lives as long as the child is needed.
    Gateway(const fs::path& data, fs::path log, const std::vector<std::string>& arguments = {});
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// Waits until it listens; false when it ended before.
    bool listens();
    /// "http://127.0.0.1:38605", once it listens.
    const std::string& url() const { return url_; }

    void kill();  ///< SIGKILL; safe from any thread
    int stop();   ///< SIGTERM; the exit code, -1 when a signal ended it
    bool runs();
    std::string log() const { return commands::read_file(log_); }

  private:
    int wait();

    fs::path log_;
    pid_t child_ = -1;
    int out_ = -1;
    int status_ = 0;
    bool ended_ = false;
    std::string url_;
};

}  // namespace service_test
