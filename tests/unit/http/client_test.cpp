// Requests to a server of our own.
#include "http/client.h"

#include "catch.h"
#include "http/server.h"

using namespace linkway::http;
using namespace std::chrono_literals;

namespace {

/// Answers by the path that is asked for.
class Other final : public Service {
  public:
    Other() {
        auto started = Server::start({}, *this);
        REQUIRE(started.ok());
        server_ = std::move(*started);
    }
    ~Other() override { server_->stop(1s); }
    Other(const Other&) = delete;
    Other& operator=(const Other&) = delete;

    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
    }

    std::variant<BodyPlan, Response> accept(const Head&) override { return BodyPlan{1024, {}}; }
    Response handle(Request& request) override {
        if (request.head.path == "/long") {
            return {200, {}, std::string(100'000, 'x')};
        }
        if (request.head.path == "/elsewhere") {
            return {307, {{"Location", url("/")}}, {}};
        }
        if (request.head.path == "/later") {
            return {503, {{"Retry-After", "7"}}, {}};
        }
        return {200, {{"Cache-Control", "Public, Max-Age=60"}}, request.head.method + request.body};
    }

  private:
    std::unique_ptr<Server> server_;
};

ClientOptions plain() {
    ClientOptions options;
    options.https_only = false;
    options.connect_time = options.total_time = 500ms;
    return options;
}

}  // namespace

TEST_CASE("a client asks, and tells what came", "[http]") {
    const Other other;
    Client client(plain());
    Answer answer = client.send({"GET", other.url("/"), {}, {}});
    CHECK(answer.status == 200);
    CHECK(answer.body == "GET");
    CHECK(answer.cache_control.find("max-age=60") != std::string::npos);
    answer = client.send({"PUT", other.url("/"), {"Content-Type: text/plain"}, "hello"});
    CHECK(answer.body == "PUThello");
    answer = client.send({"POST", other.url("/later"), {}, {}});
    CHECK(answer.status == 503);
    CHECK(answer.retry_after == 7s);
}

TEST_CASE("a client goes nowhere else, and reads no more than it may", "[http]") {
    const Other other;
    ClientOptions options = plain();
    options.longest_body = 1000;
    Client client(options);
    CHECK(client.send({"GET", other.url("/elsewhere"), {}, {}}).status == 307);
    const Answer answer = client.send({"GET", other.url("/long"), {}, {}});
    CHECK(answer.status == 200);
    CHECK(answer.cut_off);
    CHECK(answer.body.size() == 1000);
    for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "nonsense"}) {
        INFO(url);
        const Answer none = client.send({"GET", url, {}, {}});
        CHECK(none.status == 0);
        CHECK_FALSE(none.problem.empty());
    }
    options.https_only = true;
    CHECK(Client(options).send({"GET", other.url("/"), {}, {}}).status == 0);
}
