#include "access/signed_link.h"

#include <algorithm>

#include "access/client.h"
#include "base64.h"

namespace linkway::access {

namespace {

constexpr std::size_t most_practitioner_bytes = 100;
constexpr char separator = '\x1F';

bool is_fhir_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
    });
}

bool is_like_nhs_number(std::string_view text) {
    const auto digits =
        std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto letters = std::any_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    return digits == 10 && !letters;
}

text::Issue refusal(std::string code, std::string message, std::string suggestion = "") {
    return {text::Severity::error, std::move(code), std::move(message), {}, std::move(suggestion)};
}

/// The part before the next separator, taken off.
std::string_view take(std::string_view& text) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

}  // namespace

SignedLinks::SignedLinks(std::shared_ptr<Secrets> secrets, std::string_view purpose)
    : signer_(std::move(secrets), "link v1 " + std::string(purpose)) {}

text::Result<std::string> SignedLinks::sign(const Link& link) const {
    if (!is_fhir_id(link.subject)) {
        return refusal("value", "the subject of a link is the FHIR id of a Patient");
    }
    if (is_like_nhs_number(link.subject)) {
        return refusal("value", "the subject of a link looks like an NHS number",
                       "use the id of the Patient resource");
    }
    if (!is_ods_code(link.ods)) {
        return refusal("value", "a link is opened on behalf of an organisation with an ods code");
    }
    if (link.expires < second) {
        return refusal("value", "a link ends at some time");
    }
    if (link.practitioner.size() > most_practitioner_bytes ||
        link.practitioner.find(separator) != std::string::npos) {
        return refusal("value", "who opens a link is said in at most 100 bytes");
    }
    const std::string message = std::to_string(link.expires / second) + separator + link.subject +
                                separator + link.ods + separator + link.practitioner;
    return signer_.sign(to_base64url(message));
}

text::Result<Link> SignedLinks::verify(std::string_view text, Instant now) const {
    const auto opened = signer_.open(text.substr(0, 1024));
    const auto message = opened ? from_base64url(*opened) : std::nullopt;
    if (!message) {
        return refusal("login", "the link is not one that was given out for this page",
                       "copy it whole, or ask for a new one");
    }
    std::string_view rest = *message;
    Link link;
    for (const char digit : take(rest)) {
        link.expires = link.expires * 10 + (digit - '0');
    }
    link.expires *= second;
    link.subject = take(rest);
    link.ods = take(rest);
    link.practitioner = rest;
    if (now >= link.expires) {
        return refusal("expired", "the link's time is over", "ask for a new one");
    }
    return link;
}

}  // namespace linkway::access
