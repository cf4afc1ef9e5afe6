// Many clients that want the same resources at once.
#pragma once

#include "checks.h"

namespace service_test {

struct Contest {
    int clients = 64;
    int identifiers = 20;  ///< that every client creates on the condition that there is none
    int counts = 5;        ///< how often every client counts a counter up
};

/// What must not be: a lost update, a second resource of one identifier, a refusal that is not
/// called for. The service must be a new one.
Complaints contend(const std::string& url, const Contest& contest);

}  // namespace service_test
