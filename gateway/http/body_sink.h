// Where the body of one request goes while it arrives: memory, or a file that is there only as long
// as someone answers for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.h"

namespace linkway::http {

class BodySink {
  public:
    BodySink() = default;
    BodySink(const BodySink&) = delete;
    BodySink& operator=(const BodySink&) = delete;
    ~BodySink() { reset(); }

    /// False when the file is there already or cannot be made.
    bool open(const BodyPlan& plan);

    /// False when it could not be written: most likely the disk is full.
    bool append(std::string_view bytes);

    std::size_t size() const { return size_; }

    /// Hands the body over; a file still belongs to the sink until reset(). False when its last
    /// bytes could not be written.
    bool give_to(Request& request);

    /// Forgets the body and removes its file, where that is still there.
    void reset();

  private:
    std::string memory_;
    std::string file_;
    int descriptor_ = -1;
    std::size_t size_ = 0;
};

}  // namespace linkway::http
