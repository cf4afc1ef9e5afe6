#include "head_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

#include "ascii.h"
#include "head_rules.h"

namespace linkway::http {

namespace {

namespace beast = boost::beast;

/// Beast's grammar of a head; notes what it finds. Bodies are not read by it: it wants the header
/// of a chunk in one piece, counts limits by the piece and (1.74) has a wrong assertion about short
/// ones.
class Grammar final : public beast::http::basic_parser<true> {
  public:
    Grammar() {
        skip(true);
        header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScan has counted
    }

    Head head;
    std::string target;
    int version = 11;

  private:
    using Error = beast::error_code;
    using View = beast::string_view;

    static std::string_view view(View text) { return {text.data(), text.size()}; }

    void on_request_impl(beast::http::verb, View method, View written, int number,
                         Error&) override {
        head.method = view(method);
        target = view(written);
        version = number;
    }
    void on_field_impl(beast::http::field, View name, View value, Error&) override {
        head.headers.emplace_back(view(name), view(value));
    }
    void on_response_impl(int, View, int, Error&) override {}
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(View, Error&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View, Error&) override { return 0; }
    void on_finish_impl(Error&) override {}
};

/// Whether a request line ends as one of another version of HTTP does.
bool names_other_version(std::string_view head) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    if (line.size() < 9) {
        return false;
    }
    const std::string_view version = line.substr(line.size() - 9);
    return version.substr(0, 6) == " HTTP/" && is_digit(version[6]) && version[7] == '.' &&
           is_digit(version[8]) && version != " HTTP/1.0" && version != " HTTP/1.1";
}

}  // namespace

Refusal parse_head(std::string_view text, bool secure, ParsedHead& parsed) {
    Grammar grammar;
    beast::error_code error;
    const std::size_t consumed =
        grammar.put(boost::asio::const_buffer(text.data(), text.size()), error);
    if (error == beast::http::error::bad_version && names_other_version(text)) {
        return {505, "Only HTTP/1.0 and HTTP/1.1 are understood"};
    }
    if (error || consumed != text.size() || !grammar.is_done()) {
        return {400, "The head of the request is malformed"};
    }
    parsed.head = std::move(grammar.head);
    parsed.head.secure = secure;
    parsed.http_1_0 = grammar.version == 10;
    parsed.keep_alive = grammar.keep_alive();
    parsed.chunked = grammar.chunked();
    parsed.length = grammar.content_length().value_or(0);
    return check_head(parsed.head, grammar.target, parsed.http_1_0);
}

}  // namespace linkway::http
