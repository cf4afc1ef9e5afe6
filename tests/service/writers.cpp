#include "writers.h"

#include "text/node.h"

namespace service_test {

namespace {

std::string identifier(const std::string& system, const std::string& value) {
    return R"({"system":")" + system + R"(","value":")" + value + R"("})";
}

/// The value of a Patient's identifier; empty when there is none.
std::string value_of(const std::string& json) {
    const auto document = linkway::text::parse_json(json, "patient");
    const linkway::text::Node* list = document ? document->root().find("identifier") : nullptr;
    return list == nullptr || list->items.empty()
               ? std::string()
               : std::string(list->items.front().string_or("value", ""));
}

/// One client's turns; each is false when no answer came.
class Writer {
  public:
    Writer(const std::string& url, std::string name, std::string shared, Memory& memory)
        : web_(url), name_(std::move(name)), shared_(std::move(shared)), memory_(memory) {}

    bool create() {
        const std::string name = next();
        const std::string body = patient(named, name);
        const Answer answer = web_.ask("POST", "/fhir/Patient", body, {"X-Request-Id: " + name});
        if (answer.status == 0) {
            memory_.note(Unanswered{name, body});
        } else if (answer.status == 201) {
            memory_.note(Acknowledged{answer.written(), name});
        } else {
            memory_.note_wrong("create", answer);
        }
        return answer.status != 0;
    }

    bool create_conditionally() {
        const std::string name = shared_ + "-" + std::to_string(turn_ % 16);
        const Answer answer =
            web_.ask("POST", "/fhir/Patient", patient(named, name),
                     {std::string("If-None-Exist: identifier=") + encoded(named) + "|" + name});
        if (answer.status == 200 || answer.status == 201) {
            const std::string written = answer.written();
            memory_.note_conditional(name, written.substr(0, written.find("/_history")));
            memory_.note(Acknowledged{written, name});
        } else if (answer.status != 0) {
            memory_.note_wrong("conditional create", answer);
        }
        return answer.status != 0;
    }

    bool update() {
        bool answered = true;
        const std::string id = "counter-" + std::to_string(turn_ % counters);
        while (answered && !count_up(web_, id, memory_, answered)) {
        }
        return answered;
    }

    bool transact() {
        const std::string name = next();
        const Answer answer = web_.ask("POST", "/fhir", referral(name), {"X-Request-Id: " + name});
        if (answer.status == 0) {
            memory_.note(Unanswered{name, {}});
            return false;
        }
        const auto document = linkway::text::parse_json(answer.body, "answer");
        const linkway::text::Node* entries = document ? document->root().find("entry") : nullptr;
        if (answer.status != 200 || entries == nullptr || entries->items.size() != 3) {
            memory_.note_wrong("transaction", answer);
            return true;
        }
        for (const linkway::text::Node& entry : entries->items) {
            const std::string location(entry.find("response")->string_or("location", ""));
            memory_.note(Acknowledged{location.substr(location.find("/fhir/") + 6), name});
        }
        return true;
    }

    bool turn() {
        switch (++turn_ % 4) {
            case 0:
                return create();
            case 1:
                return create_conditionally();
            case 2:
                return update();
            default:
                return transact();
        }
    }

  private:
    std::string next() { return name_ + "-" + std::to_string(++made_); }

    Web web_;
    std::string name_;
    std::string shared_;
    Memory& memory_;
    int turn_ = 0;
    int made_ = 0;
};

}  // namespace

void Memory::note(Acknowledged one) {
    const std::lock_guard lock(mutex_);
    acknowledged.push_back(std::move(one));
}

void Memory::note(Unanswered one) {
    const std::lock_guard lock(mutex_);
    unanswered.push_back(std::move(one));
}

void Memory::note_conditional(const std::string& identifier, const std::string& id) {
    const std::lock_guard lock(mutex_);
    conditional[identifier].insert(id);
}

void Memory::note_wrong(const std::string& what, const Answer& answer) {
    const std::lock_guard lock(mutex_);
    wrong.push_back(what + ": " + std::to_string(answer.status) + " " + answer.body);
}

std::string patient(const std::string& system, const std::string& value, const std::string& id) {
    return R"({"resourceType":"Patient",)" + (id.empty() ? "" : R"("id":")" + id + R"(",)") +
           R"("identifier":[)" + identifier(system, value) + "]}";
}

std::string referral(const std::string& name) {
    const std::string named_so = R"("identifier":[)" + identifier(named, name) + "]";
    const auto entry = [](const std::string& type, const std::string& urn,
                          const std::string& members) {
        return R"({"fullUrl":"urn:uuid:5a3b1e52-0000-4000-8000-00000000000)" + urn +
               R"(","resource":{"resourceType":")" + type + "\"," + members +
               R"(},"request":{"method":"POST","url":")" + type + "\"}}";
    };
    const auto to = [](const std::string& urn) {
        return R"({"reference":"urn:uuid:5a3b1e52-0000-4000-8000-00000000000)" + urn + "\"}";
    };
    return R"({"resourceType":"Bundle","type":"transaction","entry":[)" +
           entry("Task", "3",
                 named_so + R"(,"status":"requested","intent":"order","focus":)" + to("2") +
                     R"(,"for":)" + to("1")) +
           "," +
           entry("ServiceRequest", "2",
                 named_so + R"(,"status":"active","intent":"order","subject":)" + to("1")) +
           "," + entry("Patient", "1", named_so) + "]}";
}

void make_counters(Web& web) {
    for (int i = 0; i < counters; ++i) {
        const std::string id = "counter-" + std::to_string(i);
        web.ask("PUT", "/fhir/Patient/" + id, patient(counted, "1", id));
    }
}

bool count_up(Web& web, const std::string& id, Memory& memory, bool& answered) {
    const Answer now = web.get("/fhir/Patient/" + id);
    answered = now.status != 0;
    if (now.status != 200) {
        if (answered) {
            memory.note_wrong("read", now);
        }
        return true;
    }
    const std::string next = std::to_string(std::stol("0" + value_of(now.body)) + 1);
    const Answer answer = web.ask("PUT", "/fhir/Patient/" + id, patient(counted, next, id),
                                  {"If-Match: W/\"" + std::to_string(now.version()) + "\""});
    answered = answer.status != 0;
    if (answer.status == 200) {
        memory.note(Acknowledged{answer.written(), "\"" + next + "\""});
    } else if (answered && answer.status != 412) {
        memory.note_wrong("update", answer);
    }
    return answer.status != 412;
}

void transact_until_gone(const std::string& url, const std::string& name, Memory& memory) {
    Writer writer(url, name, {}, memory);
    while (writer.transact()) {
    }
}

void write_until_gone(const std::string& url, const std::string& name, const std::string& shared,
                      Memory& memory) {
    Writer writer(url, name, shared, memory);
    while (writer.turn()) {
    }
}

}  // namespace service_test
