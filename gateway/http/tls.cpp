#include "tls.h"

#include <openssl/err.h>

#include <new>
#include <string>

namespace linkway::http {

namespace {

text::Issue unusable(const std::string& file, std::string_view what) {
    std::string why;
    if (const unsigned long code = ERR_peek_last_error(); code != 0) {
        if (const char* reason = ERR_reason_error_string(code); reason != nullptr) {
            why = std::string(" (") + reason + ")";
        }
    }
    return {text::Severity::error,
            "invalid",
            "cannot use this file as " + std::string(what) + why,
            {file, 0, 0, {}},
            "give a file in PEM format that this process may read"};
}

}  // namespace

text::Result<TlsContext> make_tls_context(const Tls& tls) {
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) {
        throw std::bad_alloc();
    }
    SSL_CTX* raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(
        raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // A write may go on from another place; idle connections hold no buffers.
    SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_use_certificate_chain_file(raw, tls.certificate_file.c_str()) != 1) {
        return unusable(tls.certificate_file, "the certificate chain of this server");
    }
    if (SSL_CTX_use_PrivateKey_file(raw, tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(raw) != 1) {
        return unusable(tls.key_file, "the private key of the certificate");
    }
    constexpr std::string_view session_name = "linkway";
    SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>(session_name.data()),
                                   session_name.size());
    if (!tls.client_ca_file.empty()) {
        if (SSL_CTX_load_verify_locations(raw, tls.client_ca_file.c_str(), nullptr) != 1) {
            return unusable(tls.client_ca_file, "the certificates that clients are issued by");
        }
        SSL_CTX_set_client_CA_list(raw, SSL_load_client_CA_file(tls.client_ca_file.c_str()));
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    return context;
}

TlsStream::TlsStream(int descriptor, const TlsContext& context)
    : Stream(descriptor), ssl_(SSL_new(context.get())) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1) {
        throw std::bad_alloc();
    }
    SSL_set_accept_state(ssl_.get());
}

Transferred TlsStream::outcome(int result, std::size_t bytes) {
    if (result == 1) {
        return {Transfer::done, bytes};
    }
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {Transfer::wants_read};
        case SSL_ERROR_WANT_WRITE:
            return {Transfer::wants_write};
        case SSL_ERROR_ZERO_RETURN:
            return {Transfer::ended};
        default:
            broken_ = true;
            return {Transfer::ended};
    }
}

// Connections share threads, and OpenSSL's queue of errors is a thread's: it must be empty before a
// call, or another connection's error is taken for this one's.

Transferred TlsStream::read(std::span<char> buffer) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes);
    return outcome(result, bytes);
}

Transferred TlsStream::write(std::string_view bytes) {
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return outcome(result, written);
}

void TlsStream::finish() {
    ERR_clear_error();
    if (!broken_ && SSL_is_init_finished(ssl_.get()) != 0) {
        SSL_shutdown(ssl_.get());
    }
    Stream::finish();
}

}  // namespace linkway::http
