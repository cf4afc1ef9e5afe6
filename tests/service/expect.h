// Complaints as assertions.
#pragma once

#include "catch.h"
#include "checks.h"

namespace service_test {

inline void expect_none(const Complaints& complaints) {
    for (std::size_t i = 0; i < complaints.size() && i < 10; ++i) {
        UNSCOPED_INFO(complaints[i]);
    }
    REQUIRE(complaints.empty());
}

}  // namespace service_test
