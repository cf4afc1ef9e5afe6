#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <string_view>

namespace linkway::http {

namespace {

constexpr std::chrono::hours longest_wait{24};

/// libcurl asks for this once, before any thread uses it.
void begin_once() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// What has come so far.
struct Incoming {
    Answer answer;
    std::size_t longest = 0;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
    auto& incoming = *static_cast<Incoming*>(to);
    std::string& body = incoming.answer.body;
    const std::size_t length = size * count;
    body.append(bytes, std::min(length, incoming.longest - body.size()));
    incoming.answer.cut_off = incoming.answer.cut_off || body.size() == incoming.longest;
    return incoming.answer.cut_off ? 0 : length;  // less than there is ends it
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
    constexpr std::string_view name = "cache-control:";
    std::string line(bytes, size * count);
    for (char& c : line) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (line.rfind(name, 0) == 0) {
        static_cast<Incoming*>(to)->answer.cache_control = line.substr(name.size());
    }
    return size * count;
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct Client::State {
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{nullptr, curl_easy_cleanup};
    ClientOptions options;

    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(handle.get(), option, value);
    }
};

Client::Client(ClientOptions options) : state_(std::make_unique<State>()) {
    begin_once();
    state_->handle.reset(curl_easy_init());
    state_->options = std::move(options);
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Answer Client::send(const Outgoing& request) {
    State& curl = *state_;
    // Forgets the last request, keeps its connection.
    curl_easy_reset(curl.handle.get());
    std::unique_ptr<curl_slist, FreeList> headers;
    for (const std::string& line : request.headers) {
        headers.reset(curl_slist_append(headers.release(), line.c_str()));
    }
    Incoming incoming;
    incoming.longest = curl.options.longest_body;
    curl.set(CURLOPT_URL, request.url.c_str());
    curl.set(CURLOPT_PROTOCOLS_STR, curl.options.https_only ? "https" : "http,https");
    curl.set(CURLOPT_FOLLOWLOCATION, 0L);
    curl.set(CURLOPT_PROXY, "");
    curl.set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl.set(CURLOPT_SSL_VERIFYPEER, 1L);
    curl.set(CURLOPT_SSL_VERIFYHOST, 2L);
    curl.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!curl.options.authorities.empty()) {
        curl.set(CURLOPT_CAINFO, curl.options.authorities.c_str());
    }
    curl.set(CURLOPT_NOSIGNAL, 1L);
    curl.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(curl.options.connect_time.count()));
    curl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(curl.options.total_time.count()));
    curl.set(CURLOPT_USERAGENT, "linkway");
    if (request.method != "GET") {
        curl.set(CURLOPT_POST, 1L);
        curl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        curl.set(CURLOPT_POSTFIELDS, request.body.c_str());
        curl.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    curl.set(CURLOPT_HTTPHEADER, headers.get());
    curl.set(CURLOPT_WRITEFUNCTION, &take_body);
    curl.set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
    curl.set(CURLOPT_HEADERFUNCTION, &take_header);
    curl.set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
    const CURLcode result = curl_easy_perform(curl.handle.get());

    Answer answer = std::move(incoming.answer);
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(curl.handle.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl.handle.get(), CURLINFO_RETRY_AFTER, &wait);
    // An answer that says too much has been given all the same.
    if (result == CURLE_OK || (result == CURLE_WRITE_ERROR && answer.cut_off)) {
        answer.status = static_cast<int>(status);
        if (wait > 0) {
            answer.retry_after =
                std::min<std::chrono::milliseconds>(std::chrono::seconds(wait), longest_wait);
        }
    } else {
        answer.problem = curl_easy_strerror(result);
    }
    return answer;
}

}  // namespace linkway::http
