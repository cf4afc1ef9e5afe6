// Bytes to and from one client, never waiting for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace linkway::http {

enum class Transfer : std::uint8_t {
    done,         ///< some bytes went
    wants_read,   ///< nothing can be done until the client sends
    wants_write,  ///< nothing can be done until the client takes
    ended,        ///< the client sends no more, or the connection is broken
};

struct Transferred {
    Transfer what = Transfer::done;
    std::size_t bytes = 0;
};

/// A plain connection; TlsStream is the other kind. The system's own calls, because Poco 1.11
/// throws when a non-blocking socket takes nothing, which is no exception here.
class Stream {
  public:
    /// Takes over the descriptor of an accepted connection, which does not block.
    explicit Stream(int descriptor);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream();  ///< closes it

    virtual Transferred read(std::span<char> buffer);
    virtual Transferred write(std::string_view bytes);

    /// Tells the client that nothing more will be sent.
    virtual void finish();

    /// Reads what the client still sends, and forgets it.
    Transferred discard(std::span<char> buffer) { return Stream::read(buffer); }

    int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

}  // namespace linkway::http
