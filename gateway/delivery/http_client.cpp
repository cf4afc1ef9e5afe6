#include "http_client.h"

#include <curl/curl.h>

#include <mutex>

namespace linkway::delivery {

namespace {

constexpr std::size_t longest_answer = std::size_t{64} * 1024;
constexpr store::Instant longest_wait = 24LL * 3'600'000;

/// libcurl asks for this once, before any thread uses it.
void begin_once() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// Counts the body and ends it where it grows too long.
std::size_t discard(char*, std::size_t size, std::size_t count, void* read) {
    auto& total = *static_cast<std::size_t*>(read);
    total += size * count;
    return total <= longest_answer ? size * count : 0;
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct HttpClient::State {
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{nullptr, curl_easy_cleanup};
    HookOptions options;

    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(handle.get(), option, value);
    }
};

HttpClient::HttpClient(const HookOptions& options) : state_(std::make_unique<State>()) {
    begin_once();
    state_->handle.reset(curl_easy_init());
    state_->options = options;
}

HttpClient::~HttpClient() = default;

Answer HttpClient::send(const Request& request) {
    State& curl = *state_;
    // Forgets the last request, keeps its connection.
    curl_easy_reset(curl.handle.get());
    std::unique_ptr<curl_slist, FreeList> headers;
    for (const std::string& line : request.headers) {
        headers.reset(curl_slist_append(headers.release(), line.c_str()));
    }
    std::size_t read = 0;
    curl.set(CURLOPT_URL, request.url.c_str());
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
    curl.set(CURLOPT_FOLLOWLOCATION, 0L);
    curl.set(CURLOPT_PROXY, "");
    curl.set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl.set(CURLOPT_SSL_VERIFYPEER, 1L);
    curl.set(CURLOPT_SSL_VERIFYHOST, 2L);
    curl.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!curl.options.ca_file.empty()) {
        curl.set(CURLOPT_CAINFO, curl.options.ca_file.c_str());
    }
    curl.set(CURLOPT_NOSIGNAL, 1L);
    curl.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(curl.options.connect_time));
    curl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(curl.options.total_time));
    curl.set(CURLOPT_USERAGENT, "linkway");
    curl.set(CURLOPT_POST, 1L);
    curl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl.set(CURLOPT_POSTFIELDS, request.body.c_str());
    curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl.set(CURLOPT_HTTPHEADER, headers.get());
    curl.set(CURLOPT_WRITEFUNCTION, &discard);
    curl.set(CURLOPT_WRITEDATA, static_cast<void*>(&read));
    const CURLcode result = curl_easy_perform(curl.handle.get());

    Answer answer;
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(curl.handle.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl.handle.get(), CURLINFO_RETRY_AFTER, &wait);
    // An answer that says too much has been given all the same.
    if (result == CURLE_OK || (result == CURLE_WRITE_ERROR && read > longest_answer)) {
        answer.status = static_cast<int>(status);
        if (wait > 0) {
            answer.retry_after = std::min<store::Instant>(wait * 1000, longest_wait);
        }
    } else {
        answer.problem = curl_easy_strerror(result);
    }
    return answer;
}

}  // namespace linkway::delivery
