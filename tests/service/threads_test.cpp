// The service within this process, so that a sanitizer sees all its threads.
#include <atomic>
#include <chrono>
#include <thread>

#include "contenders.h"
#include "expect.h"
#include "gateway.h"
#include "service/service.h"

using namespace service_test;

TEST_CASE("clients, reloads and the service's own threads keep out of each other's way") {
    const Folder folder("threads");
    linkway::service::Config config;
    config.port = 0;
    config.authentication = false;
    config.data = (folder / "data").string();
    config.threads = 16;
    config.log_level = "error";
    auto started = linkway::service::Service::start(config, LINKWAY_MAPPINGS, "test");
    REQUIRE(started.ok());
    linkway::service::Service& service = **started;

    std::atomic<bool> done = false;
    std::thread beside([&] {
        Web web(service.url());
        while (!done) {
            service.reload();
            web.get("/metrics");
            web.get("/health/ready");
            web.get("/fhir/Patient?_sort=-_lastUpdated&_count=5");
            web.get("/fhir/_history?_count=5");
        }
    });
    const Complaints complaints = contend(service.url(), {64, 5, 3});
    done = true;
    beside.join();
    expect_none(complaints);
    service.stop(std::chrono::seconds(10));
}
