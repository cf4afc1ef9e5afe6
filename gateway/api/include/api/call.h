// One request to the FHIR API and its answer, without HTTP around them.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/search_request.h"
#include "store/store.h"
#include "text/issue.h"

namespace linkway::api {

using store::Parameters;

/// Of a query or a form body, decoded strictly.
text::Result<Parameters> parameters_of(std::string_view query);

/// Who asks, once that is known.
struct Caller {
    std::string client;  ///< client id; "loopback" where authentication is off
    std::string ods;     ///< of its organisation; empty where authentication is off
    store::Reach reach;
    /// Whether its scopes allow an interaction ('c', 'r', 'u', 's') with a type.
    std::function<bool(std::string_view type, char interaction)> allows;
};

struct Call {
    std::string method;
    std::vector<std::string> path;  ///< segments below the base, decoded
    Parameters parameters;          ///< of the query; of POST _search also those of the form
    std::map<std::string, std::string, std::less<>> headers;  ///< names in lower case
    std::string body;
    Caller caller;
    std::string request_id;
    store::Instant now = 0;

    std::string_view header(std::string_view name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view{} : found->second;
    }
};

struct Reply {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// What the audit says was touched, as references; no more than the caller was given.
    std::vector<std::string> touched;
};

/// The HTTP status of an issue, by its FHIR IssueType code: the one place where that is decided.
int status_of(std::string_view issue_code);

/// An OperationOutcome. The status is that of the first issue unless it is given.
Reply refusal(std::span<const text::Issue> issues, int status = 0);
Reply refusal(const text::Issue& issue, int status = 0);
Reply refusal(std::string_view code, std::string message, std::string suggestion = {});

/// A resource's version: body, ETag and Last-Modified.
Reply version_reply(const store::Version& version, int status);

/// Mon, 23 Nov 2026 17:05:28 GMT, the form of Last-Modified.
std::string http_date(store::Instant at);

inline constexpr const char* fhir_json = "application/fhir+json;charset=utf-8";

}  // namespace linkway::api
