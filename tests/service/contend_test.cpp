// 64 clients at the same resources of a running service.
#include "contenders.h"
#include "expect.h"
#include "gateway.h"

using namespace service_test;

TEST_CASE("64 clients lose no update and make nothing twice") {
    const Folder folder("contend");
    Gateway gateway(folder / "data", folder / "log");
    REQUIRE(gateway.listens());
    expect_none(contend(gateway.url(), {}));
    CHECK(gateway.stop() == 0);
    expect_none(check_store(folder / "data" / "store.sqlite"));
    expect_none(check_audit(folder / "data" / "audit", {}));
}
