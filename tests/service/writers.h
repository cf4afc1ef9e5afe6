// Clients that write until the service is gone, and remember what it acknowledged.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "web.h"

namespace service_test {

/// A write that was acknowledged: the version, and text that this version holds.
struct Acknowledged {
    std::string version;  ///< "Patient/1b2c/_history/3"
    std::string holds;
};

/// A write whose answer was cut off.
struct Unanswered {
    std::string name;  ///< request id, and value of its identifiers
    std::string body;  ///< of a create; empty for a transaction
};

/// What all clients of one run of the service have seen. Thread-safe.
class Memory {
  public:
    std::vector<Acknowledged> acknowledged;
    std::vector<Unanswered> unanswered;
    std::map<std::string, std::set<std::string>> conditional;  ///< ids by identifier
    std::vector<std::string> wrong;                            ///< answers that must not be

    void note(Acknowledged one);
    void note(Unanswered one);
    void note_conditional(const std::string& identifier, const std::string& id);
    void note_wrong(const std::string& what, const Answer& answer);

  private:
    std::mutex mutex_;
};

inline constexpr const char* named = "https://linkway.example/test/name";
inline constexpr const char* counted = "https://linkway.example/test/count";
inline constexpr int counters = 3;

/// A Patient with one identifier.
std::string patient(const std::string& system, const std::string& value,
                    const std::string& id = {});
/// A Patient, a ServiceRequest and a Task, each with the identifier `name`, that refer to each
/// other.
std::string referral(const std::string& name);

/// Makes the counters, whose value is their version from then on.
void make_counters(Web& web);

/// Creates, creates conditionally, counts up with If-Match and posts transactions, by turns, until
/// no answer comes. `name` is of this client alone; `shared` of all that run beside it.
void write_until_gone(const std::string& url, const std::string& name, const std::string& shared,
                      Memory& memory);

/// Posts transactions only.
void transact_until_gone(const std::string& url, const std::string& name, Memory& memory);

/// Counts a counter up; false when somebody else did so in between. `answered` is false when no
/// answer came.
bool count_up(Web& web, const std::string& id, Memory& memory, bool& answered);

}  // namespace service_test
