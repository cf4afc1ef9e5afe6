// What the service is told: one JSON file, and environment variables over it. README.md beside this
// folder's CMakeLists.txt documents every setting; the table in config.cpp is where they are.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "referrals/policy.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::service {

/// A practice that Linkway serves.
struct Practice {
    std::string system;    ///< "emis": where its record entries go; empty when none are wanted
    std::string provider;  ///< ods code of the service its referrals go to when they name none
    referrals::Policy policy;
};

struct Config {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string certificate, key;        ///< PEM files; empty for plain HTTP
    std::string client_authorities;      ///< PEM file: certificates that clients must have one of
    std::string public_url;              ///< as clients know it; empty: made of address and port
    std::optional<bool> authentication;  ///< once read it is set: off only on loopback
                                         ///< where no clients are named
    std::string data = "linkway-data";
    std::string mappings;          ///< empty: the one installed
    std::string node = "linkway";  ///< name of this node in the audit
    unsigned threads = 64;
    std::size_t max_body = std::size_t{8} << 20;    ///< of a FHIR request
    std::size_t max_upload = std::size_t{8} << 30;  ///< of an extract
    unsigned header_seconds = 10;
    unsigned idle_seconds = 75;
    unsigned body_bytes_per_second = 1000;
    std::size_t max_connections = 4096;
    unsigned requests_per_second = 2000;  ///< of a client that has no rate of its own
    unsigned quiet_seconds = 10;          ///< an inbox file unmarked is whole when it rests so long
    unsigned keep_raw_days = 0;
    bool only_known_practices = false;  ///< extracts of others are refused
    unsigned link_minutes = 30;         ///< how long a link to the record page is good for
    bool allow_http_hooks = false;      ///< subscriptions to plain HTTP addresses on loopback
    std::string authorities;  ///< PEM file to verify other servers by; empty: the system's
    std::string log_level = "info";

    std::map<std::string, Practice> practices;  ///< by ods code
    /// The "clients" of the file, for access::Registry; null when there are none.
    const text::Node* clients = nullptr;
    std::shared_ptr<const text::Document> file;  ///< holds `clients`

    bool is_loopback() const;
    bool is_secure() const { return !certificate.empty(); }
    /// "http://127.0.0.1:8080" or public_url, without a slash at its end.
    std::string url(std::uint16_t listening_port) const;
};

/// Reads the file (empty path: none) and the environment. Every mistake is appended with file, line
/// and column, unknown settings with the nearest right name; nothing is returned when one is an
/// error. What the settings mean together is checked too: an address that is not loopback needs a
/// certificate and authentication.
std::optional<Config> read_config(
    const std::string& path,
    const std::function<std::optional<std::string>(const std::string& name)>& environment,
    text::Issues& issues);

/// A line for each setting: name in the file, environment variable, default, what it is.
std::string describe_settings();

}  // namespace linkway::service
