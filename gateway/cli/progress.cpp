#include "progress.h"

#include <unistd.h>

#include <cstdio>

namespace linkway::cli {

Progress::Progress()
    : shown_(::isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() {
    if (drawn_) {
        std::fputs("\r\033[K", stderr);
    }
}

void Progress::update(std::uint64_t bytes, std::uint64_t rows, std::uint64_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (!shown_ || now - last_ < std::chrono::milliseconds(200)) {
        return;
    }
    last_ = now;
    drawn_ = true;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(bytes) / seconds;
    std::fprintf(stderr, "\r\033[K%.0f MB, %.0f MB/s, %.2f M rows/s",
                 static_cast<double>(bytes) / 1e6, rate / 1e6,
                 static_cast<double>(rows) / seconds / 1e6);
    if (total > bytes && rate > 0) {
        std::fprintf(stderr, ", %.0f%%, %.0f s left",
                     100.0 * static_cast<double>(bytes) / static_cast<double>(total),
                     static_cast<double>(total - bytes) / rate);
    }
    std::fflush(stderr);
}

}  // namespace linkway::cli
