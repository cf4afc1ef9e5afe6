// SIGKILL while subscribers are told: each hears of everything, under one name however often.
#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "expect.h"
#include "gateway.h"
#include "http/server.h"
#include "random.h"

using namespace service_test;
using namespace std::chrono_literals;

namespace {

/// A subscriber that now and then cannot take what it is told.
class Subscriber final : public linkway::http::Service {
  public:
    Subscriber() {
        auto started = linkway::http::Server::start({}, *this);
        REQUIRE(started.ok());
        server_ = std::move(*started);
    }
    ~Subscriber() override { server_->stop(1s); }
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

    std::variant<linkway::http::BodyPlan, linkway::http::Response> accept(
        const linkway::http::Head&) override {
        return linkway::http::BodyPlan{1 << 20, {}};
    }
    linkway::http::Response handle(linkway::http::Request& request) override {
        const std::lock_guard lock(mutex_);
        if (++requests_ % 20 == 0) {
            return {503, {}, {}};
        }
        const std::string key(request.head.header("Idempotency-Key"));
        const auto [place, is_new] = told_.emplace(key, request.head.path + request.body);
        if (!is_new && place->second != request.head.path + request.body) {
            complaints_.push_back(key + " was told twice, and differently");
        }
        ++times_[key];
        return {200, {}, {}};
    }

    /// Keys of what was told, and how often.
    std::map<std::string, int> times() {
        const std::lock_guard lock(mutex_);
        return times_;
    }
    Complaints complaints() {
        const std::lock_guard lock(mutex_);
        return complaints_;
    }

  private:
    std::mutex mutex_;
    int requests_ = 0;
    std::map<std::string, std::string> told_;
    std::map<std::string, int> times_;
    Complaints complaints_;
    std::unique_ptr<linkway::http::Server> server_;
};

/// Lets wait no longer what a killed process had taken up, or was refused.
void retry_waiting(const fs::path& data) {
    const std::string at = " --data '" + data.string() + "'";
    const auto waiting = commands::run_program("outbox list --state waiting" + at, "/");
    std::string ids;
    std::istringstream lines(waiting.out);
    for (std::string line; std::getline(lines, line);) {
        if (std::isdigit(static_cast<unsigned char>(line[0])) != 0) {
            ids += " " + line.substr(0, line.find('\t'));
        }
    }
    if (!ids.empty()) {
        commands::run_program("outbox retry" + at + ids, "/");
    }
}

/// Acknowledged Tasks that nobody was told of.
Complaints untold(const std::vector<Acknowledged>& acknowledged,
                  const std::map<std::string, int>& told) {
    Complaints complaints;
    for (const Acknowledged& one : acknowledged) {
        if (one.version.rfind("Task/", 0) != 0) {
            continue;
        }
        std::string key = one.version;  // Task/1b2c/_history/1 is told as Task/1b2c/1
        key.erase(key.find("_history/"), std::string_view("_history/").size());
        const auto ends_so = [&](const auto& each) {
            return each.first.size() > key.size() &&
                   each.first.compare(each.first.size() - key.size(), key.size(), key) == 0;
        };
        if (std::none_of(told.begin(), told.end(), ends_so)) {
            complaints.push_back(one.version + " was told to nobody");
        }
    }
    return complaints;
}

}  // namespace

TEST_CASE("killed at any moment, the service tells subscribers of everything") {
    const Folder folder("delivery-kill");
    const fs::path data = folder / "data";
    std::ofstream(folder / "linkway.json") << R"({"subscriptions":{"allowHttpOnLoopback":true}})";
    const std::vector<std::string> arguments = {"--config", (folder / "linkway.json").string()};
    Subscriber subscriber;
    Memory memory;
    Moments moments;
    for (unsigned round = 0; round < moments.kills(); ++round) {
        INFO("round " << round << "\n" << commands::read_file(folder / "log"));
        Gateway gateway(data, folder / "log", arguments);
        REQUIRE(gateway.listens());
        if (round == 0) {
            Web web(gateway.url());
            const Answer made =
                web.ask("PUT", "/fhir/Subscription/tasks",
                        R"({"resourceType":"Subscription","id":"tasks","status":"requested",)"
                        R"("reason":"test","criteria":"Task?status=requested","channel":{)"
                        R"("type":"rest-hook","payload":"application/fhir+json","endpoint":")" +
                            subscriber.url() + "\"}}");
            INFO(made.body);
            REQUIRE(made.status == 201);
            for (int i = 0; i < 500 && subscriber.times().empty(); ++i) {
                std::this_thread::sleep_for(10ms);
            }
            while (count(web, "/fhir/Subscription?status=active") != 1) {
                std::this_thread::sleep_for(10ms);
            }
        }
        std::vector<std::thread> clients;
        for (int client = 0; client < 3; ++client) {
            clients.emplace_back([&, client] {
                transact_until_gone(gateway.url(),
                                    "r" + std::to_string(round) + "-c" + std::to_string(client),
                                    memory);
            });
        }
        std::this_thread::sleep_for(moments.within(200ms));
        gateway.kill();
        for (std::thread& client : clients) {
            client.join();
        }
    }

    Gateway gateway(data, folder / "log", arguments);
    REQUIRE(gateway.listens());
    Complaints complaints;
    for (int i = 0; i < 600; ++i) {
        complaints = untold(memory.acknowledged, subscriber.times());
        if (complaints.empty()) {
            break;
        }
        if (i % 20 == 0) {
            retry_waiting(data);
        }
        std::this_thread::sleep_for(50ms);
    }
    expect_none(memory.wrong);
    expect_none(complaints);
    expect_none(subscriber.complaints());
    CHECK(gateway.stop() == 0);
    const auto dead =
        commands::run_program("outbox list --state dead --data '" + data.string() + "'", "/");
    CHECK(std::count(dead.out.begin(), dead.out.end(), '\n') == 1);  // the titles alone
    int again = 0;
    for (const auto& [key, times] : subscriber.times()) {
        again += times - 1;
    }
    std::cout << subscriber.times().size() << " told over " << moments.kills() << " kills, "
              << again << " again\n";
}
