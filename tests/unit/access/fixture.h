// What the tests of access share: keys that cost time to make, a folder that goes.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "access/client.h"
#include "access/jwk.h"
#include "catch.h"

namespace linkway::tests {

/// 2026-11-23T12:00:00Z.
inline constexpr access::Instant noon = 1795435200000;

inline const access::Key& rsa_key() {
    static const access::Key key = access::generate_key(access::Algorithm::rs384);
    return key;
}
inline const access::Key& curve_key() {
    static const access::Key key = access::generate_key(access::Algorithm::es384);
    return key;
}
inline const access::Key& other_curve_key() {
    static const access::Key key = access::generate_key(access::Algorithm::es384);
    return key;
}

/// Empty at first, gone at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "linkway-access-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    std::string operator/(const std::string& name) const { return path_ + '/' + name; }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

inline void write_file(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

/// Clients of a JSON list; every mistake fails the test.
inline access::Clients clients_of(const std::string& json, access::FetchJwks fetch = {}) {
    const auto document = text::parse_json(json, "clients.json");
    REQUIRE(document.ok());
    text::Issues issues;
    auto clients =
        access::Clients::read(document->root(), *document, ".", std::move(fetch), issues);
    for (const text::Issue& issue : issues) {
        UNSCOPED_INFO(text::to_string(issue));
    }
    REQUIRE(issues.empty());
    return clients;
}

inline std::string client_json(
    const std::string& id, const std::string& keys,
    const std::string& organisation = R"({"kind":"provider","ods":"8HK34"})") {
    return R"({"client_id":")" + id + R"(","organisation":)" + organisation + ",\n" + keys +
           R"(,"scope":"system/ServiceRequest.rs system/Task.rus"})";
}

}  // namespace linkway::tests
