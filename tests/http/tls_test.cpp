// TLS with certificates made here: what is spoken, what is refused.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "catch.h"
#include "client.h"
#include "service.h"

using linkway::http::Options;
using linkway::http::Server;
using linkway::http::Tls;

namespace {

template <auto Function>
struct Free {
    template <class T>
    void operator()(T* pointer) const {
        Function(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

/// A key and a certificate that it signed itself, in files of the folder.
struct Identity {
    Identity(const std::filesystem::path& folder, const std::string& name)
        : certificate_file((folder / (name + ".crt")).string()),
          key_file((folder / (name + ".key")).string()) {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate(X509_new());
        X509_set_version(certificate.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        X509_NAME* subject = X509_get_subject_name(certificate.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(certificate.get(), subject);
        X509_set_pubkey(certificate.get(), key.get());
        REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
        std::FILE* file = std::fopen(certificate_file.c_str(), "w");
        PEM_write_X509(file, certificate.get());
        std::fclose(file);
        file = std::fopen(key_file.c_str(), "w");
        PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
    }

    std::string certificate_file;
    std::string key_file;
};

/// A TLS client; its handshake may fail.
class TlsClient {
  public:
    explicit TlsClient(std::uint16_t port, int highest_version = 0,
                       const Identity* identity = nullptr)
        : context_(SSL_CTX_new(TLS_client_method())), client_(port) {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_max_proto_version(context_.get(), highest_version);
        if (identity != nullptr) {
            SSL_CTX_use_certificate_file(context_.get(), identity->certificate_file.c_str(),
                                         SSL_FILETYPE_PEM);
            SSL_CTX_use_PrivateKey_file(context_.get(), identity->key_file.c_str(),
                                        SSL_FILETYPE_PEM);
        }
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), client_.descriptor());
        ERR_clear_error();
        connected_ = SSL_connect(ssl_.get()) == 1;
    }

    bool connected() const { return connected_; }
    std::string version() const { return SSL_get_version(ssl_.get()); }

    /// Everything that is sent until the server closes.
    std::string exchange(const std::string& request) {
        SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size()));
        std::string answer;
        std::vector<char> buffer(65536);
        int size = 0;
        while ((size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0) {
            answer.append(buffer.data(), static_cast<std::size_t>(size));
        }
        ended_cleanly_ = SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN;
        return answer;
    }

    bool ended_cleanly() const { return ended_cleanly_; }

  private:
    Context context_;
    Client client_;
    std::unique_ptr<SSL, Free<SSL_free>> ssl_;
    bool connected_ = false;
    bool ended_cleanly_ = false;
};

constexpr const char* last = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

bool is_ok(const std::string& answer) {
    return answer.rfind("HTTP/1.1 200", 0) == 0;
}

struct Fixture {
    explicit Fixture(bool ask_clients = false) {
        Options options;
        options.threads = 4;
        options.tls = Tls{identity.certificate_file, identity.key_file,
                          ask_clients ? friendly.certificate_file : std::string()};
        auto started = Server::start(options, service);
        REQUIRE(started.ok());
        server = std::move(*started);
    }

    EchoService service;
    Identity identity{service.folder, "server"};
    Identity friendly{service.folder, "client"};
    Identity stranger{service.folder, "stranger"};
    std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE("requests over TLS 1.2 and 1.3 are answered and ended in order") {
    Fixture fixture;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsClient client(fixture.server->port(), version);
        REQUIRE(client.connected());
        CHECK(client.version() == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
        CHECK(is_ok(client.exchange(last)));
        CHECK(client.ended_cleanly());
    }
}

TEST_CASE("large bodies and answers pass through TLS whole") {
    Fixture fixture;
    TlsClient client(fixture.server->port());
    REQUIRE(client.connected());
    const std::string body(900'000, 'x');
    const std::string answer =
        client.exchange("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + body +
                        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n" + last);
    CHECK(answer.size() > (std::size_t{32} << 20U) + body.size());
    CHECK(fixture.service.handled == 3);
    CHECK(client.ended_cleanly());
}

TEST_CASE("TLS 1.1 and plain HTTP are refused on the port of TLS") {
    Fixture fixture;
    const TlsClient old(fixture.server->port(), TLS1_1_VERSION);
    CHECK_FALSE(old.connected());
    Client plain(fixture.server->port());
    plain.send(last);
    CHECK(plain.read_all().find("HTTP/1.1") == std::string::npos);
    CHECK(fixture.service.accepted == 0);
    TlsClient other(fixture.server->port());
    REQUIRE(other.connected());
    CHECK(is_ok(other.exchange(last)));
}

TEST_CASE("clients that never finish their handshake do not keep others waiting") {
    Fixture fixture;
    std::vector<Client> stuck;
    for (int i = 0; i < 200; ++i) {
        stuck.emplace_back(fixture.server->port());
        stuck.back().send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
    }
    for (int i = 0; i < 5; ++i) {
        TlsClient client(fixture.server->port());
        REQUIRE(client.connected());
        CHECK(is_ok(client.exchange(last)));
    }
}

TEST_CASE("a server that asks for certificates takes those of its issuer only") {
    Fixture fixture(true);
    TlsClient known(fixture.server->port(), 0, &fixture.friendly);
    REQUIRE(known.connected());
    CHECK(is_ok(known.exchange(last)));
    // With TLS 1.3 a client learns only when it reads that it was refused.
    TlsClient unknown(fixture.server->port(), 0, &fixture.stranger);
    CHECK(unknown.exchange(last).empty());
    TlsClient nobody(fixture.server->port());
    CHECK(nobody.exchange(last).empty());
    CHECK(fixture.service.handled == 1);
}

TEST_CASE("a certificate or key that cannot be used is named") {
    EchoService service;
    const Identity one(service.folder, "one");
    const Identity two(service.folder, "two");
    const auto start = [&](const Tls& tls) {
        Options options;
        options.tls = tls;
        const auto server = Server::start(options, service);
        REQUIRE_FALSE(server.ok());
        return server.issue().location.file;
    };
    CHECK(start({"missing.crt", one.key_file, ""}) == "missing.crt");
    CHECK(start({one.certificate_file, "missing.key", ""}) == "missing.key");
    CHECK(start({one.certificate_file, two.key_file, ""}) == two.key_file);
    CHECK(start({one.certificate_file, one.key_file, "missing-ca.crt"}) == "missing-ca.crt");
}
