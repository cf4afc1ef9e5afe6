// A client of the service, over libcurl: one connection, kept between requests.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace service_test {

struct Answer {
    int status = 0;                              ///< 0: none came
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    /// "Patient/1b2c/_history/3" of the Location header; empty without one.
    std::string written() const;
    /// Version of the ETag header; 0 without one.
    long version() const;
    /// Code of the first issue of an OperationOutcome; empty when the body is none.
    std::string issue() const;
};

class Web {
  public:
    /// `authority`: PEM file with the certificate that the service must have.
    explicit Web(std::string url, std::string authority = {});
    ~Web();
    Web(const Web&) = delete;
    Web& operator=(const Web&) = delete;

    /// Sent with every request: "Authorization: Bearer ...".
    void always(std::string header) { always_.push_back(std::move(header)); }

    /// `headers` as "Name: value"; a body is JSON of FHIR unless they say otherwise.
    Answer ask(const std::string& method, const std::string& target, const std::string& body = {},
               const std::vector<std::string>& headers = {});
    Answer get(const std::string& target) { return ask("GET", target); }

  private:
    struct Free {
        void operator()(void* handle) const;
    };
    std::string url_;
    std::string authority_;
    std::vector<std::string> always_;
    std::unique_ptr<void, Free> handle_;
};

/// How many resources a search finds; -1 when it is refused.
long count(Web& web, const std::string& target);

/// As it stands in a query or a form.
std::string encoded(const std::string& text);

}  // namespace service_test
