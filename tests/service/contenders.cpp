#include "contenders.h"

#include <thread>

namespace service_test {

namespace {

void create_all(Web& web, const Contest& contest, Memory& memory) {
    for (int i = 0; i < contest.identifiers; ++i) {
        const std::string name = "contended-" + std::to_string(i);
        const Answer answer =
            web.ask("POST", "/fhir/Patient", patient(named, name),
                    {std::string("If-None-Exist: identifier=") + encoded(named) + "|" + name});
        if (answer.status == 200 || answer.status == 201) {
            const std::string written = answer.written();
            memory.note_conditional(name, written.substr(0, written.find("/_history")));
            memory.note(Acknowledged{written, name});
        } else {
            memory.note_wrong("conditional create", answer);
        }
    }
}

void count_all(Web& web, const Contest& contest, int client, Memory& memory) {
    for (int i = 0; i < contest.counts; ++i) {
        const std::string id = "counter-" + std::to_string((client + i) % counters);
        bool answered = true;
        while (answered && !count_up(web, id, memory, answered)) {
        }
        if (!answered) {
            memory.note_wrong("counting", {});
        }
    }
}

}  // namespace

Complaints contend(const std::string& url, const Contest& contest) {
    Web web(url);
    make_counters(web);
    Memory memory;
    std::vector<std::thread> clients;
    for (int client = 0; client < contest.clients; ++client) {
        clients.emplace_back([&, client] {
            Web own(url);
            create_all(own, contest, memory);
            count_all(own, contest, client, memory);
        });
    }
    for (std::thread& client : clients) {
        client.join();
    }
    long times = 0;
    for (int i = 0; i < counters; ++i) {
        times += web.get("/fhir/Patient/counter-" + std::to_string(i)).version() - 1;
    }
    Complaints complaints = check_memory(web, memory);
    const Complaints of_counters = check_counters(web);
    complaints.insert(complaints.end(), of_counters.begin(), of_counters.end());
    if (times != static_cast<long>(contest.clients) * contest.counts) {
        complaints.push_back("counted up " + std::to_string(times) + " times");
    }
    if (const long found = count(web, "/fhir/Patient"); found != contest.identifiers + counters) {
        complaints.push_back("there are " + std::to_string(found) + " patients");
    }
    return complaints;
}

}  // namespace service_test
