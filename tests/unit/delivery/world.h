// A store, a clock, and a subscriber that answers as it is told.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>

#include "delivery/files.h"
#include "delivery/hooks.h"
#include "delivery/outbox.h"
#include "delivery/router.h"
#include "http/server.h"
#include "store/fixture.h"

namespace linkway::delivery::test {

using State = store::Delivery::State;

/// Listens on loopback. Without an answer told it says 200.
class Subscriber final : public http::Service {
  public:
    struct Heard {
        std::string method, target, body, key, authorization;
    };

    Subscriber() {
        auto started = http::Server::start({}, *this);
        REQUIRE(started.ok());
        server_ = std::move(*started);
    }
    ~Subscriber() override { server_->stop(std::chrono::seconds(1)); }
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

    std::variant<http::BodyPlan, http::Response> accept(const http::Head&) override {
        return http::BodyPlan{1 << 20, {}};
    }
    http::Response handle(http::Request& request) override {
        const std::lock_guard lock(mutex_);
        heard.push_back({std::string(request.head.method), request.head.path, request.body,
                         std::string(request.head.header("Idempotency-Key")),
                         std::string(request.head.header("Authorization"))});
        if (answers.empty()) {
            return {200, {}, {}};
        }
        http::Response next = std::move(answers.front());
        answers.pop_front();
        return next;
    }

    std::deque<http::Response> answers;
    std::vector<Heard> heard;

  private:
    std::mutex mutex_;
    std::unique_ptr<http::Server> server_;
};

/// What is to go out, and the one thread that hands it over.
class World {
  public:
    explicit World(const std::string& name)
        : fixture("delivery-" + name),
          outbox(std::filesystem::temp_directory_path() / ("linkway-outbox-" + name)) {
        std::filesystem::remove_all(outbox);
        parts.store = &fixture.store();
        parts.now = [this] { return now; };
        parts.hooks = {"https://gateway.example/fhir", true};
        parts.outbox = outbox;
        parts.system_of = [this](std::string_view ods) {
            return ods == "A99901" ? system : std::string();
        };
        text::Issues issues;
        auto mappings = load_mappings(std::string(LINKWAY_SOURCE_DIR) + "/mappings/record", issues);
        REQUIRE(mappings != nullptr);
        parts.mappings = [mappings] { return mappings; };
        parts.note = [this](const text::Issue& issue) { notes.push_back(issue); };
    }
    ~World() { std::filesystem::remove_all(outbox); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void put(const std::string& json, const std::string& agent = "provider") {
        const store::Prepared resource = store::test::Fixture::prepared(json);
        REQUIRE_FALSE(fixture.store().write([&](store::Writer& writer) {
            writer.put(resource, {agent, "request", now});
            return text::Status();
        }));
    }

    /// Asks for a Subscription of `ods`.
    void subscribe(const std::string& id, const std::string& ods, const std::string& criteria,
                   const std::string& endpoint, const std::string& more = {}) {
        REQUIRE_FALSE(fixture.store().write([&](store::Writer& writer) {
            note_subscriber(writer, id, {false, {ods}});
            return text::Status();
        }));
        put(R"({"resourceType":"Subscription","id":")" + id +
            R"(","status":"requested","reason":"test","criteria":")" + criteria +
            R"(","channel":{"type":"rest-hook","endpoint":")" + endpoint +
            R"(","header":["Authorization: secret"])" + more + "}}");
    }

    /// A Task addressed to a provider.
    void task(const std::string& id, const std::string& ods, const std::string& status) {
        put(R"({"resourceType":"Task","id":")" + id + R"(","status":")" + status +
            R"(","intent":"order","owner":{"identifier":{"system":)"
            R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
            ods + "\"}}}");
    }

    void route() {
        Router router(parts);
        for (;;) {
            const auto turn = router.turn();
            REQUIRE(turn.ok());
            if (!turn->more) {
                return;
            }
        }
    }
    /// Routes and tells until there is nothing to do now.
    void tell(HookCourier& courier, HookCourier::Line& line) {
        route();
        while (courier.turn(line)) {
            route();  // what a handshake changed is in the journal
        }
    }

    std::string status_of(const std::string& id) {
        const auto document =
            text::parse_json(fixture.read({"Subscription", id})->json, "subscription");
        return std::string(document->root().string_or("status", ""));
    }
    std::vector<store::Delivery> all(const std::string& channel = {}) {
        std::vector<store::Delivery> found;
        REQUIRE_FALSE(fixture.store().read([&](store::Reader& reader) {
            store::DeliveryQuery query;
            query.channel = channel;
            found = reader.deliveries(query);
            return text::Status();
        }));
        return found;
    }

    store::test::Fixture fixture;
    std::filesystem::path outbox;
    std::string system = "emis";
    store::Instant now = 1'795'453'528'000;
    Parts parts;
    text::Issues notes;
};

}  // namespace linkway::delivery::test
