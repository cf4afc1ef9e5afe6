#include "api/call.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "fhir/operation_outcome.h"
#include "http/uri.h"

namespace linkway::api {

namespace {

struct StatusRule {
    std::string_view code;
    int status;
};

// FHIR R4, http.html, Managing Return Codes; what is not named is the caller's mistake.
constexpr std::array rules = {
    StatusRule{"login", 401},
    StatusRule{"expired", 401},
    StatusRule{"forbidden", 403},
    StatusRule{"suppressed", 403},
    StatusRule{"not-found", 404},
    StatusRule{"deleted", 410},
    StatusRule{"conflict", 409},
    StatusRule{"duplicate", 409},
    StatusRule{"multiple-matches", 412},
    StatusRule{"too-long", 413},
    StatusRule{"business-rule", 422},
    StatusRule{"processing", 422},
    StatusRule{"throttled", 429},
    StatusRule{"exception", 500},
    StatusRule{"timeout", 503},
    StatusRule{"transient", 503},
    StatusRule{"lock-error", 503},
    StatusRule{"no-store", 507},
};

}  // namespace

text::Result<Parameters> parameters_of(std::string_view query) {
    auto decoded = http::parse_parameters(query);
    if (!decoded) {
        return std::move(decoded).issue();
    }
    Parameters parameters;
    for (http::Parameter& one : *decoded) {
        parameters.push_back({std::move(one.name), std::move(one.value)});
    }
    return parameters;
}

int status_of(std::string_view issue_code) {
    for (const StatusRule& rule : rules) {
        if (rule.code == issue_code) {
            return rule.status;
        }
    }
    return 400;
}

Reply refusal(std::span<const text::Issue> issues, int status) {
    Reply reply;
    reply.status = status != 0 ? status : status_of(issues.empty() ? "" : issues.front().code);
    reply.headers.emplace_back("Content-Type", fhir_json);
    text::Issues told(issues.begin(), issues.end());
    if (reply.status >= 500) {
        for (text::Issue& issue : told) {
            issue.location.file.clear();  // of this machine, and nobody else's business
        }
    }
    fhir::append_operation_outcome(reply.body, told);
    return reply;
}

Reply refusal(const text::Issue& issue, int status) {
    return refusal(std::span(&issue, 1), status);
}

Reply refusal(std::string_view code, std::string message, std::string suggestion) {
    return refusal(text::Issue{
        text::Severity::error, std::string(code), std::move(message), {}, std::move(suggestion)});
}

std::string http_date(store::Instant at) {
    const std::time_t seconds = static_cast<std::time_t>(at / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 64> text{};
    // strftime would write the names in the language of the locale.
    std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                  months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                  parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text.data();
}

Reply version_reply(const store::Version& version, int status) {
    Reply reply;
    reply.status = status;
    reply.headers.emplace_back("Content-Type", fhir_json);
    reply.headers.emplace_back("ETag", "W/\"" + std::to_string(version.version) + "\"");
    reply.headers.emplace_back("Last-Modified", http_date(version.updated));
    reply.body = version.json;
    reply.touched.push_back(version.key.type + "/" + version.key.id + "/_history/" +
                            std::to_string(version.version));
    return reply;
}

}  // namespace linkway::api
