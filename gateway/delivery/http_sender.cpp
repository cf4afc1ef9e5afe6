#include <curl/curl.h>

#include <memory>
#include <mutex>

#include "delivery/hooks.h"

namespace linkway::delivery {

namespace {

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

}  // namespace

HttpSender::HttpSender(std::string authorities, bool allow_http)
    : authorities_(std::move(authorities)), allow_http_(allow_http) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    handle_ = curl_easy_init();
}

HttpSender::~HttpSender() {
    curl_easy_cleanup(handle_);
}

Answer HttpSender::send(const Notification& notification, const std::vector<std::string>& headers) {
    curl_easy_reset(handle_);  // keeps the connections
    List list;
    for (const std::string& header : headers) {
        list.reset(curl_slist_append(list.release(), header.c_str()));
    }
    list.reset(curl_slist_append(list.release(), "Expect:"));
    constexpr long connect_seconds = 5;
    constexpr long all_seconds = 15;
    constexpr long longest_answer = 1L << 20;
    curl_easy_setopt(handle_, CURLOPT_URL, notification.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, allow_http_ ? "https,http" : "https");
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, notification.method.c_str());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, notification.body.c_str());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(notification.body.size()));
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT, all_seconds);
    curl_easy_setopt(handle_, CURLOPT_MAXFILESIZE, longest_answer);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &ignore);
    if (!authorities_.empty()) {
        curl_easy_setopt(handle_, CURLOPT_CAINFO, authorities_.c_str());
    }
    Answer answer;
    const CURLcode result = curl_easy_perform(handle_);
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.status);
    if (result != CURLE_OK) {
        answer.status = 0;
        answer.error = curl_easy_strerror(result);
        return answer;
    }
    curl_off_t wait = 0;
    curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &wait);
    answer.retry_after = static_cast<long>(wait);
    if (answer.status < 200 || answer.status > 299) {
        answer.error = "answered with " + std::to_string(answer.status);
    }
    return answer;
}

}  // namespace linkway::delivery
