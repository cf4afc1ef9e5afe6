// The whole line on sample data, each step said as it happens.
#include <curl/curl.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>
#include <tuple>

#include "command.h"
#include "sample/sample.h"
#include "service/service.h"
#include "sources/data_package.h"
#include "text/json_writer.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* out) {
    static_cast<std::string*>(out)->append(bytes, size * count);
    return size * count;
}

/// The provider's system: FHIR over HTTP, as anybody's would be.
class Client {
  public:
    explicit Client(std::string base) : base_(std::move(base)), handle_(curl_easy_init()) {}
    ~Client() { curl_easy_cleanup(handle_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    struct Answer {
        long status = 0;
        std::string text;
        std::shared_ptr<const text::Document> document;

        const text::Node& root() const { return document->root(); }
    };

    Answer ask(const std::string& method, const std::string& path, const std::string& body = {}) {
        Answer answer;
        curl_easy_reset(handle_);
        curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/fhir+json");
        curl_easy_setopt(handle_, CURLOPT_URL, (base_ + path).c_str());
        curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, method.c_str());
        if (!body.empty()) {
            curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body.c_str());
        }
        curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(handle_, CURLOPT_PROXY, "");
        curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &take);
        curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &answer.text);
        curl_easy_perform(handle_);
        curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.status);
        curl_slist_free_all(headers);
        auto parsed = text::parse_json(answer.text.empty() ? "{}" : answer.text, path);
        if (!parsed) {
            parsed = text::parse_json("{}", path);
        }
        answer.document = std::make_shared<const text::Document>(std::move(*parsed));
        return answer;
    }

  private:
    std::string base_;
    CURL* handle_;
};

class Demo {
  public:
    Demo(const service::Service& service, fs::path data, std::string mappings)
        : data_(std::move(data)),
          mappings_(std::move(mappings)),
          client_(service.url() + "/fhir") {}

    bool run() {
        return land() && find() && accept() && contact() && score("3", "4", "3", "7") &&
               score("6", "7", "6", "4") && complete() && file();
    }

    /// A link to the record page, as the practice's system would ask for one.
    std::string page() {
        const std::string id = patient_.substr(patient_.find('/') + 1);
        const auto made = client_.ask("POST", "/../record/links", R"({"patient":")" + id + "\"}");
        return std::string(made.root().string_or("url", ""));
    }
    const std::string& task() const { return task_; }

  private:
    void say(const std::string& what) {
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
        std::printf("%5.1f s  %s\n", seconds, what.c_str());
        std::fflush(stdout);
    }

    bool fail(const std::string& what, const Client::Answer& answer) {
        std::cerr << "linkway: " << what << ": " << answer.status << ' ' << answer.text << '\n';
        return false;
    }

    /// Asks until the answer is as wanted, for ten seconds at most.
    bool wait_for(const std::function<bool()>& wanted) {
        constexpr int times = 200;
        for (int i = 0; i < times; ++i) {
            if (wanted()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }

    std::int64_t count(const std::string& search) {
        const auto answer = client_.ask("GET", search);
        const text::Node* total = answer.root().find("total");
        return total == nullptr ? 0 : std::stoll(std::string(total->text));
    }

    bool land() {
        sample::SampleOptions options;
        options.patients = 200;
        sample::SampleReport report;
        options.report = &report;
        text::Issues issues;
        const auto package = sources::read_data_package(mappings_ + "/emis", issues);
        const fs::path making = data_ / "demo-extract";
        std::error_code error;
        fs::remove_all(making, error);
        if (auto failed = sample::write_sample(options, package, making.string())) {
            std::cerr << "linkway: " << text::to_string(*failed) << '\n';
            return false;
        }
        fs::create_directories(data_ / "inbox" / "emis", error);
        fs::rename(making, data_ / "inbox" / "emis" / "demo-extract", error);
        std::ofstream(data_ / "inbox" / "emis" / "demo-extract.done").flush();
        say("an EMIS Web extract of " + std::to_string(report.patients) +
            " patients landed in the inbox");
        if (!wait_for([&] { return count("/Task?_summary=count&status=requested") > 0; })) {
            std::cerr << "linkway: nothing came of the extract\n";
            return false;
        }
        say("its referrals are there over FHIR: " + std::to_string(count("/Task?_summary=count")) +
            " Tasks, " + std::to_string(count("/Patient?_summary=count")) +
            " patients; nobody else left staging");
        return true;
    }

    bool find() {
        const auto answer =
            client_.ask("GET", "/Task?status=requested&_sort=-authored-on&_count=1");
        const text::Node* entries = answer.root().find("entry");
        if (entries == nullptr || entries->items.empty()) {
            return fail("no open referral", answer);
        }
        const text::Node& task = *entries->items[0].find("resource");
        task_ = "Task/" + std::string(task.string_or("id", ""));
        request_ = task.find("focus")->string_or("reference", "");
        patient_ = task.find("for")->string_or("reference", "");
        say("the service finds one that waits: " + task_);
        return true;
    }

    /// A resource made, its reference into `out`.
    bool make(const std::string& type, const std::string& json, std::string& out) {
        const auto answer = client_.ask("POST", "/" + type, json);
        out = type + "/" + std::string(answer.root().string_or("id", ""));
        return answer.status == 201 || fail("a " + type + " was refused", answer);
    }

    /// Writes the Task with other members, as it was read but for those.
    bool move(const std::string& status, const std::string& more) {
        const auto read = client_.ask("GET", "/" + task_);
        std::string json;
        text::JsonWriter writer(json);
        writer.begin_object();
        for (const text::Member& member : read.root().members) {
            if (member.name == "meta" || more.find("\"" + std::string(member.name) + "\":") == 0) {
                continue;
            }
            writer.name(member.name);
            std::string value;
            if (member.name == "status") {
                writer.value(status);
            } else {
                text::append_json(value, member.value);
                writer.raw(value);
            }
        }
        writer.end_object();
        json.insert(json.size() - 1, "," + more);
        const auto written = client_.ask("PUT", "/" + task_, json);
        return written.status == 200 || fail("the Task was refused", written);
    }

    bool accept() {
        std::string person;
        if (!make("Practitioner",
                  R"({"resourceType":"Practitioner","name":[{"family":"Sample","given":["Ben"]}]})",
                  person) ||
            !make("PractitionerRole",
                  R"({"resourceType":"PractitionerRole","practitioner":{"reference":")" + person +
                      R"("},"organization":{"identifier":{"system":)"
                      R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"8HK34"},)"
                      R"("display":"Meadow Social Prescribing"},"code":[{"coding":[{"system":)"
                      R"("https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1",)"
                      R"("code":"R9815"}],"text":"Social Prescribing Link Worker"}]})",
                  worker_) ||
            !move("accepted", R"("owner":{"reference":")" + worker_ + "\"}")) {
            return false;
        }
        say("Ben Sample, social prescribing link worker, accepts it");
        return true;
    }

    bool contact() {
        std::string made;
        if (!make(
                "Encounter",
                R"({"resourceType":"Encounter","status":"finished","class":{"system":)"
                R"("http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HH"},"subject":{)"
                R"("reference":")" +
                    patient_ + R"("},"basedOn":[{"reference":")" + request_ +
                    R"("}],"participant":[{"individual":{"reference":")" + worker_ +
                    R"("}}],"period":{"start":"2026-11-20T10:00:00Z","end":"2026-11-20T10:40:00Z"}})",
                made)) {
            return false;
        }
        say("he visits; the Task is " + status() + " now, for everybody");
        return true;
    }

    std::string status() {
        return std::string(client_.ask("GET", "/" + task_).root().string_or("status", ""));
    }

    /// The four questions of the Office for National Statistics: four scores, never one.
    bool score(const std::string& satisfied, const std::string& worthwhile,
               const std::string& happy, const std::string& anxious) {
        const std::string day = scored_ ? "2026-11-22" : "2026-11-20";
        for (const auto& [code, term, value] :
             {std::tuple{"ons4-life-satisfaction", "Life satisfaction", satisfied},
              {"ons4-worthwhile", "Worthwhile", worthwhile},
              {"ons4-happiness", "Happy yesterday", happy},
              {"ons4-anxiety", "Anxious yesterday", anxious}}) {
            std::string made;
            if (!make(
                    "Observation",
                    R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":)"
                    R"("https://linkway.uk/fhir/CodeSystem/wellbeing-measure","code":")" +
                        std::string(code) + R"("}],"text":")" + std::string(term) +
                        R"("},"subject":{"reference":")" + patient_ +
                        R"("},"basedOn":[{"reference":")" + request_ +
                        R"("}],"performer":[{"reference":")" + worker_ +
                        R"("}],"effectiveDateTime":")" + day + R"(","valueInteger":)" + value + "}",
                    made)) {
                return false;
            }
        }
        say(scored_ ? "and again at the end: the same four questions, better answers"
                    : "four questions on wellbeing (ONS4) at the beginning");
        scored_ = true;
        return true;
    }

    bool complete() {
        if (!move("completed",
                  R"("output":[{"type":{"text":"outcome"},"valueString":)"
                  R"("Goes to the gardening group on Tuesdays; feels less alone"}])")) {
            return false;
        }
        const auto request = client_.ask("GET", "/" + request_);
        say("closed, with what came of it; the ServiceRequest follows: " +
            std::string(request.root().string_or("status", "")));
        return true;
    }

    std::vector<fs::path> entry_files() {
        std::vector<fs::path> files;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(data_ / "outbox/emis/Z90001", error)) {
            if (entry.path().extension() == ".csv") {
                files.push_back(entry.path());
            }
        }
        return files;
    }

    bool file() {
        // What was done within a moment goes into one file; the last ones are still on their way.
        std::this_thread::sleep_for(std::chrono::milliseconds(800));
        const std::vector<fs::path> files = entry_files();
        if (files.empty()) {
            std::cerr << "linkway: no entries for the record were written\n";
            return false;
        }
        for (const fs::path& one : files) {
            say("entries for the practice's record: " + one.string());
            std::ofstream(one.string() + ".ack").flush();
        }
        if (!wait_for([&] { return entry_files().empty(); })) {
            std::cerr << "linkway: the acknowledgement was not taken in\n";
            return false;
        }
        say("the practice filed them and said so");
        return true;
    }

    fs::path data_;
    std::string mappings_;
    Client client_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::string task_, request_, patient_, worker_;
    bool scored_ = false;
};

int run(const Arguments& arguments) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM}) {
        sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    service::Config config;
    config.authentication = false;
    config.port = 0;
    config.data = arguments.get("data", "linkway-demo");
    config.log_level = "error";
    config.quiet_seconds = 1;
    // The sample's practice, and the service that its referrals go to.
    config.practices["Z90001"] = {"emis", "8HK34", {}};
    std::error_code error;
    if (fs::exists(fs::path(config.data) / "store.sqlite", error)) {
        std::cerr << "linkway: " << config.data
                  << " holds something already; name another folder with --data\n";
        return failed;
    }
    const std::string mappings = mappings_folder(arguments);
    auto started = service::Service::start(config, mappings, LINKWAY_VERSION);
    if (!started) {
        std::cerr << "linkway: " << text::to_string(started.issue()) << '\n';
        return failed;
    }
    Demo demo(**started, config.data, mappings);
    if (!demo.run()) {
        return failed;
    }
    const std::string& url = (*started)->url();
    std::cout << "\nTry, while it is up:\n  the record     " << demo.page()
              << "\n  the referral   curl " << url << "/fhir/" << demo.task()
              << "\n  its history    curl " << url << "/fhir/" << demo.task()
              << "/_history\n  everything     curl '" << url << "/fhir/Task?_include=Task:focus'\n"
              << "  the outbox     linkway outbox list --data " << config.data
              << "\n  the audit      linkway audit verify " << config.data << "/audit\n"
              << std::flush;
    if (!arguments.has("stop")) {
        std::cout << "Ctrl-C ends it.\n" << std::flush;
        int signal = 0;
        sigwait(&signals, &signal);
    }
    (*started)->stop(std::chrono::seconds(5));
    return done;
}

}  // namespace

Command demo_command() {
    Command command;
    command.name = "demo";
    command.usage = "[--data DIR]";
    command.summary = "the whole line on sample data, step by step";
    command.description =
        "Starts the service on this machine, lets a synthetic EMIS Web extract land in its inbox, "
        "works on one of the referrals\nas a link worker's system would, over FHIR, and sends what "
        "was done back to the practice's record. Says each step as it\nhappens and leaves the "
        "service up to look at.";
    command.options = {
        {"data", "", "DIR", "data folder, made anew (default: linkway-demo)"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
        {"stop", "", "", "end when the line is through"},
    };
    command.examples = {"linkway demo", "linkway demo --data /tmp/demo --stop"};
    command.run = run;
    return command;
}

}  // namespace linkway::cli
