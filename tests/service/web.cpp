#include "web.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "text/node.h"

namespace service_test {

namespace {

std::size_t take_body(char* bytes, std::size_t one, std::size_t size, void* answer) {
    static_cast<Answer*>(answer)->body.append(bytes, one * size);
    return one * size;
}

std::size_t take_header(char* bytes, std::size_t one, std::size_t size, void* answer) {
    const std::string line(bytes, one * size);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) {
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        static_cast<Answer*>(answer)->headers[name] =
            line.substr(colon + 2, line.find_last_not_of("\r\n") - colon - 1);
    }
    return one * size;
}

/// For curl's own tables; before the first thread.
const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);

}  // namespace

std::string Answer::written() const {
    const auto location = headers.find("location");
    const std::string_view base = "/fhir/";
    const std::size_t at =
        location == headers.end() ? std::string::npos : location->second.find(base);
    return at == std::string::npos ? std::string() : location->second.substr(at + base.size());
}

long Answer::version() const {
    const auto etag = headers.find("etag");
    return etag == headers.end() ? 0 : std::strtol(etag->second.c_str() + 3, nullptr, 10);
}

std::string Answer::issue() const {
    const auto document = linkway::text::parse_json(body, "answer");
    if (!document || document->root().string_or("resourceType", "") != "OperationOutcome") {
        return {};
    }
    const linkway::text::Node* issues = document->root().find("issue");
    return issues == nullptr || issues->items.empty()
               ? std::string()
               : std::string(issues->items.front().string_or("code", ""));
}

void Web::Free::operator()(void* handle) const {
    curl_easy_cleanup(handle);
}

Web::Web(std::string url, std::string authority)
    : url_(std::move(url)), authority_(std::move(authority)), handle_(curl_easy_init()) {}

Web::~Web() = default;

Answer Web::ask(const std::string& method, const std::string& target, const std::string& body,
                const std::vector<std::string>& headers) {
    CURL* const curl = handle_.get();
    Answer answer;
    curl_easy_reset(curl);
    std::vector<std::string> all = {"Expect:"};
    all.insert(all.end(), always_.begin(), always_.end());
    all.insert(all.end(), headers.begin(), headers.end());
    if (std::none_of(all.begin(), all.end(), [](const std::string& header) {
            return header.rfind("Content-Type:", 0) == 0;
        })) {
        all.emplace_back("Content-Type: application/fhir+json");
    }
    curl_slist* lines = nullptr;
    for (const std::string& header : all) {
        lines = curl_slist_append(lines, header.c_str());
    }
    const std::string url = url_ + target;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (!authority_.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, authority_.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    if (method == "HEAD") {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (method != "GET" || !body.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    if (curl_easy_perform(curl) == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        answer.status = static_cast<int>(status);
    }
    curl_slist_free_all(lines);
    return answer;
}

long count(Web& web, const std::string& target) {
    const char mark = target.find('?') == std::string::npos ? '?' : '&';
    const Answer answer = web.get(target + mark + "_summary=count");
    const auto document = linkway::text::parse_json(answer.body, "answer");
    const linkway::text::Node* total = document ? document->root().find("total") : nullptr;
    return total == nullptr ? -1 : std::strtol(std::string(total->text).c_str(), nullptr, 10);
}

std::string encoded(const std::string& text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            out += '%';
            out += hex[byte >> 4U];
            out += hex[byte & 0x0FU];
        }
    }
    return out;
}

}  // namespace service_test
