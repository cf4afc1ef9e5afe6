// TLS over the same sockets, by OpenSSL itself. Poco 1.11's SecureStreamSocket is made for a thread
// a connection: what is left of a partial write must come again from the same memory, a handshake's
// wish to write is not told from an error everywhere, and client certificates are judged by one
// manager for the whole process.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "http/server.h"
#include "stream.h"
#include "text/issue.h"

namespace linkway::http {

using TlsContext = std::shared_ptr<SSL_CTX>;

/// Issues name the file that could not be used.
text::Result<TlsContext> make_tls_context(const Tls& tls);

class TlsStream final : public Stream {
  public:
    TlsStream(int descriptor, const TlsContext& context);

    // The first reads and writes also do the handshake.
    Transferred read(std::span<char> buffer) override;
    Transferred write(std::string_view bytes) override;
    void finish() override;

  private:
    Transferred outcome(int result, std::size_t bytes);

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SSL, Free> ssl_;
    bool broken_ = false;
};

}  // namespace linkway::http
