// Clients that are slow, silent, greedy or gone must not be felt by others.
#include <optional>
#include <vector>

#include "catch.h"
#include "client.h"
#include "service.h"

using linkway::http::Milliseconds;
using linkway::http::Options;
using linkway::http::Server;

namespace {

constexpr const char* simple = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

bool answers_ok(Client& client, const std::string& request = simple) {
    client.send(request);
    return client.read_answer().rfind("HTTP/1.1 200", 0) == 0;
}

/// A server whose deadlines are kept by a clock that the test sets.
struct Fixture {
    explicit Fixture(Options options = {}) {
        options.threads = 4;
        options.sweep_every = Milliseconds(5);
        options.now = [this] { return Milliseconds(clock); };
        auto started = Server::start(options, service);
        REQUIRE(started.ok());
        server = std::move(*started);
    }

    std::vector<Client> connect(std::size_t count, const std::string& bytes) const {
        std::vector<Client> clients;
        clients.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            clients.emplace_back(server->port());
            REQUIRE(clients.back().connected());
            REQUIRE(clients.back().send(bytes));
        }
        return clients;
    }

    void advance(Milliseconds by) { clock += by.count(); }

    /// Lets time pass until no connection is left. More than once, because a deadline is set when
    /// bytes are read, which may be after the clock was; not often, so that what is told can go
    /// out.
    bool all_expire(Milliseconds by) {
        for (int i = 0; i < 10; ++i) {
            advance(by);
            if (soon([this] { return server->statistics().open_connections == 0; }, 300)) {
                return true;
            }
        }
        return false;
    }

    std::atomic<Milliseconds::rep> clock = 1'000'000;
    EchoService service;
    std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE("clients that never finish do not keep others waiting, and are ended in time") {
    Fixture fixture;
    std::string bytes;
    bool told = true;
    SECTION("their headers") {
        bytes = "GET /x HTTP/1.1\r\nHost: a\r\nX: ";
    }
    SECTION("their body") {
        bytes = "POST /spool HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhello";
    }
    SECTION("their chunks") {
        bytes = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
    }
    SECTION("anything at all") {
        told = false;
    }
    std::vector<Client> stuck = fixture.connect(200, bytes);
    const std::uint64_t begun = told ? 200 : 0;
    REQUIRE(soon([&] { return fixture.server->statistics().open_connections == 200; }));
    REQUIRE(soon([&] { return fixture.server->statistics().busy_connections == begun; }));
    Client other(fixture.server->port());
    for (int i = 0; i < 100; ++i) {
        REQUIRE(answers_ok(other));
    }
    CHECK(fixture.service.handled == 100);
    REQUIRE(fixture.all_expire(Milliseconds(61'000)));
    for (Client& client : stuck) {
        CHECK((client.read_all().rfind("HTTP/1.1 408", 0) == 0) == told);
    }
    Client last(fixture.server->port());
    CHECK(answers_ok(last));
    CHECK(fixture.service.handled == 101);
    CHECK(fixture.service.files() == 0);
    CHECK(fixture.server->statistics().timed_out == (told ? 200 : 0));
}

TEST_CASE("a slow client that keeps the least rate is served") {
    Fixture fixture;
    Client client(fixture.server->port());
    const std::string body(60 * 1024, 'x');
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n");
    for (std::size_t at = 0; at < body.size(); at += 2048) {
        client.send(std::string_view(body).substr(at, 2048));
        // Only what has been read counts.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        fixture.advance(Milliseconds(1000));
    }
    CHECK(client.read_answer().rfind("HTTP/1.1 200", 0) == 0);
}

TEST_CASE("a client that trickles its headers is ended by the time of all of them") {
    Fixture fixture;
    Client client(fixture.server->port());
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n");
    bool listened = true;
    for (int i = 0; i < 1000 && listened; ++i) {
        fixture.advance(Milliseconds(1000));
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        listened = client.send("X: y\r\n") && fixture.server->statistics().timed_out == 0;
    }
    CHECK_FALSE(listened);
    CHECK(fixture.service.handled == 0);
}

TEST_CASE("idle connections are held, and let go after their time") {
    Fixture fixture;
    std::vector<Client> clients = fixture.connect(500, simple);
    for (Client& client : clients) {
        REQUIRE(client.read_answer().rfind("HTTP/1.1 200", 0) == 0);
    }
    fixture.advance(Milliseconds(70'000));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (Client& client : clients) {
        REQUIRE(answers_ok(client));
    }
    CHECK(fixture.service.handled == 1000);
    REQUIRE(fixture.all_expire(Milliseconds(80'000)));
    for (Client& client : clients) {
        CHECK(client.closed_by_server());
    }
    CHECK(fixture.server->statistics().timed_out == 0);
}

TEST_CASE("a client that does not read its answer holds no thread and is ended in time") {
    Fixture fixture;
    std::vector<Client> greedy;
    for (int i = 0; i < 20; ++i) {
        greedy.emplace_back(fixture.server->port(), 4096);
        greedy.back().send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    REQUIRE(soon([&] { return fixture.service.handled == 20; }));
    Client other(fixture.server->port());
    for (int i = 0; i < 100; ++i) {
        REQUIRE(answers_ok(other));
    }
    REQUIRE(fixture.all_expire(Milliseconds(24 * 3600 * 1000)));
    CHECK(fixture.server->statistics().timed_out == 20);
    for (Client& client : greedy) {
        CHECK(client.read_all().size() < (std::size_t{32} << 20U));
    }
}

TEST_CASE("a large answer arrives whole") {
    Fixture fixture;
    Client client(fixture.server->port());
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = client.read_answer();
    CHECK(answer.size() > (std::size_t{32} << 20U));
    CHECK(answers_ok(client));
}

TEST_CASE("leave to send a body is given when the client waits for it") {
    Fixture fixture;
    Client client(fixture.server->port());
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.read_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(fixture.service.handled == 0);
    client.send("hello");
    CHECK(client.read_answer().find("\nhello") != std::string::npos);
    CHECK(answers_ok(client));
}

TEST_CASE("a body may go on for longer than one read") {
    Fixture fixture;
    Client client(fixture.server->port());
    const std::string body(900'000, 'x');
    for (const char* path : {"/x", "/spool"}) {
        client.send(std::string("POST ") + path +
                    " HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + body);
        const std::string answer = client.read_answer();
        CHECK(answer.size() > body.size());
        CHECK(answer.substr(answer.size() - body.size()) == body);
    }
    CHECK(fixture.service.files() == 0);
}

TEST_CASE("more clients than allowed are told so, and served when others have gone") {
    Options options;
    options.limits.connections = 10;
    Fixture fixture(options);
    std::vector<Client> clients = fixture.connect(10, simple);
    for (Client& client : clients) {
        REQUIRE(client.read_answer().rfind("HTTP/1.1 200", 0) == 0);
    }
    std::vector<Client> others = fixture.connect(300, "");
    for (Client& client : others) {
        const std::string answer = client.read_all();
        CHECK((answer.empty() || answer.rfind("HTTP/1.1 503", 0) == 0));
    }
    CHECK(answers_ok(clients.front()));
    others.clear();
    clients.clear();
    REQUIRE(soon([&] { return fixture.server->statistics().open_connections == 0; }));
    Client late(fixture.server->port());
    CHECK(answers_ok(late));
}

TEST_CASE("stopping lets what runs finish, and nothing new begin") {
    Fixture fixture;
    std::vector<Client> idle = fixture.connect(5, simple);
    for (Client& client : idle) {
        REQUIRE(client.read_answer().rfind("HTTP/1.1 200", 0) == 0);
    }
    const std::uint16_t port = fixture.server->port();
    std::vector<Client> busy = fixture.connect(3, "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(soon([&] { return fixture.service.handled == 8; }));
    std::thread stopper([&] { fixture.server->stop(Milliseconds(60'000)); });
    for (Client& client : idle) {
        CHECK(client.closed_by_server());
    }
    CHECK(soon([&] { return !Client(port).connected(); }));
    fixture.service.open();
    for (Client& client : busy) {
        const std::string answer = client.read_all();
        CHECK(answer.rfind("HTTP/1.1 200", 0) == 0);
        CHECK(answer.find("Connection: close") != std::string::npos);
    }
    busy.clear();
    stopper.join();
    CHECK(fixture.server->statistics().open_connections == 0);
}

TEST_CASE("stopping without grace cuts off who has not finished") {
    Fixture fixture;
    std::vector<Client> stuck = fixture.connect(3, "GET /x HTTP/1.1\r\n");
    REQUIRE(soon([&] { return fixture.server->statistics().open_connections == 3; }));
    fixture.server->stop(Milliseconds(0));
    for (Client& client : stuck) {
        CHECK(client.closed_by_server());
    }
}

TEST_CASE("clients that come and go at any moment leave nothing behind") {
    Fixture fixture;
    const std::string request =
        "POST /spool HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + std::string(simple);
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        threads.emplace_back([&, seed] {
            for (unsigned i = 0; i < 200; ++i) {
                const Client client(fixture.server->port());
                client.send(request.substr(0, (i * 7919 + seed * 104729) % (request.size() + 1)));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(soon([&] { return fixture.server->statistics().open_connections == 0; }));
    CHECK(fixture.service.files() == 0);
    CHECK(fixture.server->statistics().failed == 0);
    Client client(fixture.server->port());
    CHECK(answers_ok(client));
}

TEST_CASE("many clients at once are all answered") {
    Fixture fixture;
    std::atomic<int> answered = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            Client client(fixture.server->port());
            for (int n = 0; n < 200; ++n) {
                answered += answers_ok(client) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(answered == 3200);
    CHECK(fixture.server->statistics().requests == 3200);
    CHECK(fixture.server->statistics().connections == 16);
}

TEST_CASE("a port that is taken is named") {
    Fixture fixture;
    EchoService service;
    Options options;
    options.port = fixture.server->port();
    const auto second = Server::start(options, service);
    REQUIRE_FALSE(second.ok());
    CHECK(second.issue().message.find(std::to_string(options.port)) != std::string::npos);
    options.port = 0;
    options.address = "not an address";
    CHECK_FALSE(Server::start(options, service).ok());
}
