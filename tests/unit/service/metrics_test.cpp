// What the service counts and says.
#include "service/metrics.h"

#include <unistd.h>

#include <array>

#include "catch.h"
#include "service/log.h"

using namespace linkway::service;

TEST_CASE("metrics are written as Prometheus reads them", "[service]") {
    Metrics metrics;
    metrics.describe("requests_total", Metrics::Kind::counter, "Requests");
    metrics.describe("open", Metrics::Kind::gauge, "Open");
    metrics.describe("seconds", Metrics::Kind::histogram, "Time");
    metrics.add("requests_total", "status=\"200\"");
    metrics.add("requests_total", "status=\"200\"", 2);
    metrics.set("open", "", 7);
    metrics.observe("seconds", "route=\"read\"", 0.003);
    metrics.observe("seconds", "route=\"read\"", 60);
    metrics.add("never_described", "");
    const std::string text = metrics.text();
    for (const char* line :
         {"# TYPE requests_total counter\n", "requests_total{status=\"200\"} 3\n", "open 7\n",
          "seconds_bucket{route=\"read\",le=\"0.0025\"} 0\n",
          "seconds_bucket{route=\"read\",le=\"0.005\"} 1\n",
          "seconds_bucket{route=\"read\",le=\"10\"} 1\n",
          "seconds_bucket{route=\"read\",le=\"+Inf\"} 2\n", "seconds_sum{route=\"read\"} 60.003\n",
          "seconds_count{route=\"read\"} 2\n"}) {
        INFO(line << "\nin\n" << text);
        CHECK(text.find(line) != std::string::npos);
    }
    CHECK(text.find("never_described") == std::string::npos);
}

TEST_CASE("a log line is one JSON object", "[service]") {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const Log log(
        Level::info, [] { return std::int64_t{0}; }, ends[1]);
    log.write(
        Level::info, "request",
        {{"route", "read"}, {"status", std::int64_t{200}}, {"seconds", 0.25}, {"odd", "a\"b\n"}});
    log.write(Level::debug, "not shown", {});
    close(ends[1]);
    std::string said(1000, '\0');
    said.resize(static_cast<std::size_t>(read(ends[0], said.data(), said.size())));
    close(ends[0]);
    CHECK(said ==
          "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"request\","
          "\"route\":\"read\",\"status\":200,\"seconds\":0.25,\"odd\":\"a\\\"b\\n\"}\n");
}
