// The FHIR API as requests and answers, without HTTP around them.
#include <filesystem>

#include "api/fhir_api.h"
#include "catch.h"
#include "store/sqlite_store.h"

using namespace linkway;
using namespace linkway::api;

namespace {

class Server {
  public:
    explicit Server(const std::string& name)
        : folder_(std::filesystem::temp_directory_path() / ("linkway-api-" + name)) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        auto opened = store::open_sqlite({(folder_ / "store.sqlite").string(), 2, 4096});
        REQUIRE(opened.ok());
        store_ = std::move(*opened);
        parts_.store = store_.get();
        parts_.base = "http://test/fhir";
        parts_.version = "test";
        parts_.validate = [](const text::Node& resource) {
            text::Issues issues;
            if (resource.find("bad") != nullptr) {
                issues.push_back({text::Severity::error, "structure", "no such element", {}, {}});
            }
            return issues;
        };
        parts_.write = [](store::Writer& writer, const Incoming& resource, const Caller&,
                          const store::Change::Origin& origin, store::Written& written) {
            written = writer.put(resource.prepared, origin);
            return text::Status();
        };
        parts_.seal = [](std::string_view text) { return std::string(text.rbegin(), text.rend()); };
        parts_.unseal = [](std::string_view text) {
            return std::optional(std::string(text.rbegin(), text.rend()));
        };
    }
    ~Server() {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    using Headers = std::map<std::string, std::string, std::less<>>;

    Reply ask(const std::string& method, const std::string& target, const std::string& body = "",
              Headers headers = {}) {
        Call call;
        call.method = method;
        const std::size_t mark = target.find('?');
        std::string path = target.substr(0, mark);
        for (std::size_t at = 0; at < path.size();) {
            const std::size_t slash = std::min(path.find('/', at), path.size());
            call.path.push_back(path.substr(at, slash - at));
            at = slash + 1;
        }
        if (mark != std::string::npos) {
            auto parameters = parameters_of(target.substr(mark + 1));
            REQUIRE(parameters.ok());
            call.parameters = std::move(*parameters);
        }
        call.headers = std::move(headers);
        call.headers.emplace("content-type", "application/fhir+json");
        call.body = body;
        call.caller = caller;
        ++requests_;
        call.request_id = request_id.empty() ? "request-" + std::to_string(requests_) : request_id;
        call.now = 1'795'453'528'000 + requests_ * 1000;
        return answer(parts_, call);
    }

    /// The address of a new resource, below the base.
    std::string made(const std::string& json) {
        const text::Document document = text::parse_json(json, "test").value();
        const Reply reply =
            ask("POST", std::string(document.root().string_or("resourceType", "")), json);
        INFO(reply.body);
        REQUIRE(reply.status == 201);
        return location(reply);
    }

    static std::string header(const Reply& reply, const std::string& name) {
        for (const auto& [one, value] : reply.headers) {
            if (one == name) {
                return value;
            }
        }
        return {};
    }
    static std::string location(const Reply& reply) {
        const std::string whole = header(reply, "Location");
        const std::string below = whole.substr(std::string("http://test/fhir/").size());
        return below.substr(0, below.find("/_history"));
    }
    static std::size_t entries(const Reply& reply) {
        const text::Document document = text::parse_json(reply.body, "reply").value();
        const text::Node* entry = document.root().find("entry");
        return entry == nullptr ? 0 : entry->items.size();
    }

    std::string request_id;  ///< of the requests that follow; empty for a new one each time
    Caller caller{"client", "", store::Reach::all(), [](std::string_view, char) { return true; }};

  private:
    std::filesystem::path folder_;
    std::unique_ptr<store::Store> store_;
    FhirParts parts_;
    int requests_ = 0;
};

const std::string patient = R"({"resourceType":"Patient","active":true})";

std::string request(const std::string& patient_reference, const std::string& status = "active") {
    return R"({"resourceType":"ServiceRequest","status":")" + status +
           R"(","intent":"order","subject":{"reference":")" + patient_reference + "\"}}";
}

}  // namespace

TEST_CASE("create, read, vread, update, history", "[api]") {
    Server server("rest");
    const std::string at = server.made(patient);
    Reply reply = server.ask("GET", at);
    CHECK(reply.status == 200);
    CHECK(Server::header(reply, "ETag") == "W/\"1\"");
    CHECK(Server::header(reply, "Last-Modified") == "Mon, 23 Nov 2026 17:05:29 GMT");
    CHECK(reply.body.find("\"versionId\":\"1\"") != std::string::npos);
    CHECK(server.ask("GET", at, "", {{"if-none-match", "W/\"1\""}}).status == 304);

    const std::string id = at.substr(at.find('/') + 1);
    const std::string changed = R"({"resourceType":"Patient","id":")" + id + R"(","active":false})";
    CHECK(server.ask("PUT", at, changed, {{"if-match", "W/\"2\""}}).status == 412);
    CHECK(server.ask("PUT", at, changed, {{"if-match", "nonsense"}}).status == 400);
    reply = server.ask("PUT", at, changed, {{"if-match", "W/\"1\""}});
    CHECK(reply.status == 200);
    CHECK(Server::header(reply, "ETag") == "W/\"2\"");
    CHECK(server.ask("PUT", at, changed, {{"if-match", "W/\"1\""}}).status == 412);
    CHECK(server.ask("GET", at + "/_history/1").body.find("true") != std::string::npos);
    CHECK(server.ask("GET", at + "/_history/2").status == 200);
    CHECK(server.ask("GET", at + "/_history/3").status == 404);
    CHECK(server.ask("GET", at + "/_history/x").status == 404);
    CHECK(Server::entries(server.ask("GET", at + "/_history")) == 2);
    CHECK(Server::entries(server.ask("GET", "Patient/_history?_count=1")) == 1);
    CHECK(Server::entries(server.ask("GET", "_history")) == 2);
    CHECK(server.ask("GET", "Patient/none/_history").status == 404);
    CHECK(server.ask("GET", "Patient/none").status == 404);
}

TEST_CASE("what is wrong with a request gets its own status", "[api]") {
    Server server("wrong");
    CHECK(server.ask("POST", "Patient", "{").status == 400);
    CHECK(server.ask("POST", "Patient", "[]").status == 400);
    CHECK(server.ask("POST", "Patient", R"({"resourceType":"Task"})").status == 400);
    CHECK(server.ask("POST", "Patient", R"({"resourceType":"Patient","bad":1})").status == 400);
    CHECK(server.ask("POST", "Patient", patient, {{"content-type", "text/plain"}}).status == 415);
    CHECK(server.ask("GET", "Patient", "", {{"accept", "application/fhir+xml"}}).status == 406);
    CHECK(server.ask("GET", "Bundle").status == 404);
    CHECK(server.ask("GET", "Nonsense/1").status == 404);
    CHECK(server.ask("GET", "Patient/a/b/c").status == 404);
    CHECK(server.ask("GET", "Patient/a%20b").status == 400);
    const Reply wrong = server.ask("DELETE", "Patient/a");
    CHECK(wrong.status == 405);
    CHECK(Server::header(wrong, "Allow") == "GET, PUT");
    CHECK(server.ask("PUT", "Patient/a", R"({"resourceType":"Patient","id":"b"})").status == 400);
    CHECK(server.ask("POST", "ServiceRequest", request("Patient/none")).status == 422);
    CHECK(wrong.body.find("OperationOutcome") != std::string::npos);
    server.caller.allows = [](std::string_view type, char) { return type == "Patient"; };
    CHECK(server.ask("POST", "Patient", patient).status == 201);
    CHECK(server.ask("GET", "Task").status == 403);
}

TEST_CASE("a conditional create makes one and no more", "[api]") {
    Server server("conditional");
    const std::string json =
        R"({"resourceType":"Patient","identifier":[{"system":"https://x","value":"1"}]})";
    const Server::Headers once = {{"if-none-exist", "identifier=https://x|1"}};
    CHECK(server.ask("POST", "Patient", json, once).status == 201);
    CHECK(server.ask("POST", "Patient", json, once).status == 200);
    CHECK(server.ask("POST", "Patient", json).status == 201);
    CHECK(server.ask("POST", "Patient", json, once).status == 412);
    CHECK(server.ask("POST", "Patient", json, {{"if-none-exist", "nonsense=1"}}).status == 400);
    CHECK(server.ask("POST", "Patient", json, {{"if-none-exist", ""}}).status == 201);
    CHECK(server.ask("POST", "Patient", json, {{"if-none-exist", "_count=1"}}).status == 400);
}

TEST_CASE("a create that is sent again makes nothing and undoes nothing", "[api]") {
    Server server("again");
    server.request_id = "one";
    const std::string at = server.made(patient);
    const std::string id = at.substr(at.find('/') + 1);
    const std::string changed = R"({"resourceType":"Patient","id":")" + id + R"(","active":false})";
    CHECK(server.ask("PUT", at, changed).status == 200);
    const Reply again = server.ask("POST", "Patient", patient);
    CHECK(again.status == 200);
    CHECK(Server::location(again) == at);
    CHECK(Server::header(again, "ETag") == "W/\"2\"");
    CHECK(again.body.find("false") != std::string::npos);
    server.request_id = "two";
    CHECK(server.made(patient) != at);
}

TEST_CASE("entries refer to one that is created on a condition", "[api]") {
    Server server("conditional-entries");
    const auto bundle = [](const std::string& value) {
        const std::string person =
            R"({"resourceType":"Patient","identifier":[{"system":"https://x","value":")" + value +
            R"("}]})";
        return R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)" +
               request("urn:uuid:1") +
               R"(,"request":{"method":"POST","url":"ServiceRequest"}},)"
               R"({"fullUrl":"urn:uuid:1","resource":)" +
               person +
               R"(,"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=https://x|)" +
               value + R"("}},{"fullUrl":"urn:uuid:2","resource":)" + person +
               R"(,"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=https://x|)" +
               value + R"("}}]})";
    };
    for (const std::size_t requests : {1U, 2U}) {
        const Reply reply = server.ask("POST", "", bundle("1"));
        INFO(reply.body);
        CHECK(reply.status == 200);
        CHECK(Server::entries(server.ask("GET", "Patient")) == 1);
        CHECK(Server::entries(server.ask(
                  "GET", "ServiceRequest?_include=ServiceRequest:subject")) == requests + 1);
    }
    const std::string nowhere = R"({"resourceType":"Bundle","type":"transaction","entry":[{)"
                                R"("resource":)" +
                                request("urn:uuid:9") +
                                R"(,"request":{"method":"POST","url":"ServiceRequest"}}]})";
    CHECK(server.ask("POST", "", nowhere).status == 400);
}

TEST_CASE("a history goes on behind what the caller may not see", "[api]") {
    Server server("history-pages");
    for (int i = 0; i < 4; ++i) {
        server.made(patient);
        server.made(R"({"resourceType":"Organization","name":"x"})");
    }
    server.caller.allows = [](std::string_view type, char) { return type == "Patient"; };
    std::size_t seen = 0;
    std::string next = "_history?_count=3";
    for (int pages = 0; !next.empty() && pages < 10; ++pages) {
        const Reply page = server.ask("GET", next);
        seen += Server::entries(page);
        const std::size_t at = page.body.find("_history?");
        next = at == std::string::npos ? "" : page.body.substr(at, page.body.find('"', at) - at);
    }
    CHECK(seen == 4);
}

TEST_CASE("searches, their includes and their pages", "[api]") {
    Server server("search");
    const std::string p = server.made(patient);
    for (int i = 0; i < 5; ++i) {
        const std::string r = server.made(request(p, i < 3 ? "active" : "revoked"));
        server.made(R"({"resourceType":"Task","status":"requested","intent":"order","focus":{)"
                    R"("reference":")" +
                    r + R"("},"for":{"reference":")" + p + "\"}}");
    }
    CHECK(Server::entries(server.ask("GET", "ServiceRequest?status=active")) == 3);
    CHECK(Server::entries(server.ask("GET", "ServiceRequest?status=active,revoked")) == 5);
    CHECK(Server::entries(server.ask("GET", "ServiceRequest?patient=" + p)) == 5);
    CHECK(Server::entries(server.ask("GET", "ServiceRequest?subject=http://test/fhir/" + p)) == 5);
    CHECK(Server::entries(server.ask("GET", "ServiceRequest?patient=Group/1")) == 0);
    CHECK(Server::entries(
              server.ask("GET", "ServiceRequest?status=active&_revinclude=Task:focus")) == 6);
    CHECK(Server::entries(server.ask("GET", "Task?_include=Task:focus&_include=Task:patient")) ==
          11);
    CHECK(Server::entries(server.ask("GET", "Task?_include=Task:patient&_count=2")) == 3);
    Reply page = server.ask("GET", "Task?_count=2&_total=accurate&_sort=-_lastUpdated");
    CHECK(page.body.find("\"total\":5") != std::string::npos);
    std::size_t seen = 0;
    for (int pages = 0; pages < 10; ++pages) {
        seen += Server::entries(page);
        const std::size_t next = page.body.find("_page?token=");
        if (next == std::string::npos) {
            break;
        }
        const text::Document document = text::parse_json(page.body, "page").value();
        for (const text::Node& link : document.root().find("link")->items) {
            if (link.string_or("relation", "") == "next") {
                std::string url(link.string_or("url", ""));
                // What stands behind the token is not for a query's reader in this test.
                Call call;
                call.method = "GET";
                call.path = {"_page"};
                url = url.substr(url.find("token=") + 6);
                std::string encoded;
                for (const char c : url) {
                    constexpr const char* digits = "0123456789ABCDEF";
                    encoded += '%';
                    encoded += digits[static_cast<unsigned char>(c) >> 4U];
                    encoded += digits[static_cast<unsigned char>(c) & 15U];
                }
                page = server.ask("GET", "_page?token=" + encoded);
            }
        }
    }
    CHECK(seen == 5);
    CHECK(server.ask("GET", "_page?token=nonsense").status == 400);
    CHECK(server.ask("GET", "Task?_summary=count").body.find("\"total\":5") != std::string::npos);
    for (const char* wrong :
         {"Task?nonsense=1", "Task?status:nonsense=x", "Task?_lastUpdated=yesterday",
          "Task?_count=x", "Task?_sort=status", "Task?_include=Task", "Task?_include=Task:status",
          "Task?status=", "Task?_elements=id", "Task?_include=ServiceRequest:subject",
          "Task?period=2026-13", "Task?status:missing=maybe"}) {
        INFO(wrong);
        const Reply reply = server.ask("GET", wrong);
        CHECK(reply.status == 400);
        CHECK(reply.body.find("OperationOutcome") != std::string::npos);
    }
    const Reply lenient =
        server.ask("GET", "Task?nonsense=1", "", {{"prefer", "handling=lenient"}});
    CHECK(lenient.status == 200);
    CHECK(lenient.body.find("\"mode\":\"outcome\"") != std::string::npos);
}

TEST_CASE("a transaction is written whole or not at all", "[api]") {
    Server server("transaction");
    const auto bundle = [](const std::string& type, const std::string& last) {
        return R"({"resourceType":"Bundle","type":")" + type +
               R"(","entry":[)"
               R"({"fullUrl":"urn:uuid:1","resource":{"resourceType":"Task","status":"requested",)"
               R"("intent":"order","focus":{"reference":"urn:uuid:2"},"for":{"reference":"urn:uuid:3"}},)"
               R"("request":{"method":"POST","url":"Task"}},)"
               R"({"fullUrl":"urn:uuid:2","resource":{"resourceType":"ServiceRequest","status":"active",)"
               R"("intent":"order","subject":{"reference":"urn:uuid:3"}},)"
               R"("request":{"method":"POST","url":"ServiceRequest"}},)"
               R"({"fullUrl":"urn:uuid:3","resource":{"resourceType":"Patient")" +
               last +
               R"(},"request":{"method":"POST","url":"Patient"}},)"
               R"({"request":{"method":"GET","url":"Patient?_summary=count"}}]})";
    };
    Reply reply = server.ask("POST", "", bundle("transaction", R"(,"bad":1)"));
    CHECK(reply.status == 400);
    CHECK(reply.body.find("Bundle.entry[2]") != std::string::npos);
    CHECK(Server::entries(server.ask("GET", "Task")) == 0);

    reply = server.ask("POST", "", bundle("transaction", ""));
    INFO(reply.body);
    CHECK(reply.status == 200);
    CHECK(Server::entries(reply) == 4);
    CHECK(reply.body.find("\"total\":1") != std::string::npos);
    CHECK(Server::entries(server.ask("GET", "Task?_include=Task:focus&_include=Task:patient")) ==
          3);

    // In a batch each entry stands for itself: nothing is known of the others.
    reply = server.ask("POST", "", bundle("batch", ""));
    CHECK(reply.status == 200);
    CHECK(Server::entries(reply) == 4);
    CHECK(reply.body.find("\"status\":\"201\"") != std::string::npos);
    CHECK(Server::entries(server.ask("GET", "Patient")) == 2);

    CHECK(server.ask("POST", "", patient).status == 400);
    CHECK(server.ask("POST", "", R"({"resourceType":"Bundle","type":"message"})").status == 400);
    CHECK(server
              .ask("POST", "",
                   R"({"resourceType":"Bundle","type":"transaction","entry":[)"
                   R"({"request":{"method":"DELETE","url":"Patient/1"}}]})")
              .status == 400);
}

TEST_CASE("nobody gets at what is not theirs by any way of asking", "[api][tenancy]") {
    Server server("tenancy");
    const auto organisation = [&](const char* ods) {
        return server.made(R"({"resourceType":"Organization","identifier":[{"system":)"
                           R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
                           std::string(ods) + "\"}]}");
    };
    const std::string practice = organisation("A81001");
    const std::string provider = organisation("P1");
    const std::string p = server.made(
        R"({"resourceType":"Patient","managingOrganization":{"reference":")" + practice + "\"}}");
    const std::string r = server.made(
        R"({"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{)"
        R"("reference":")" +
        p + R"("},"performer":[{"reference":")" + provider + "\"}]}");
    const std::string t = server.made(
        R"({"resourceType":"Task","status":"requested","intent":"order","focus":{"reference":")" +
        r + R"("},"for":{"reference":")" + p + "\"}}");

    server.caller.ods = "P1";
    server.caller.reach = {false, {"P1"}};
    CHECK(server.ask("GET", p).status == 200);
    CHECK(server.ask("GET", t).status == 200);

    server.caller.ods = "P2";
    server.caller.reach = {false, {"P2"}};
    for (const std::string& at : {p, r, t}) {
        CHECK(server.ask("GET", at).status == 404);
        CHECK(server.ask("GET", at + "/_history").status == 404);
        CHECK(server.ask("GET", at + "/_history/1").status == 404);
    }
    CHECK(Server::entries(server.ask("GET", "Task/_history")) == 0);
    CHECK(Server::entries(server.ask("GET", "_history")) == 2);  // the two organisations
    CHECK(Server::entries(server.ask("GET", "Task?_include=Task:focus")) == 0);
    CHECK(Server::entries(server.ask("GET", "Task?patient=" + p)) == 0);
    CHECK(Server::entries(server.ask("GET", "Organization?_revinclude=ServiceRequest:performer")) ==
          2);
    CHECK(server.ask("GET", "Task?_summary=count").body.find("\"total\":0") != std::string::npos);
    // To refer to what is somebody else's would be to be given it.
    CHECK(server.ask("POST", "ServiceRequest", request(p)).status == 422);
    CHECK(server
              .ask("POST", "Task",
                   R"({"resourceType":"Task","status":"requested","intent":"order",)"
                   R"("focus":{"reference":")" +
                       r + "\"}}")
              .status == 422);
    const std::string id = t.substr(t.find('/') + 1);
    const std::string mine =
        R"({"resourceType":"Task","id":")" + id + R"(","status":"rejected","intent":"order"})";
    CHECK(server.ask("PUT", t, mine).status == 404);
    const Reply stolen =
        server.ask("POST", "",
                   R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)" + mine +
                       R"(,"request":{"method":"PUT","url":")" + t +
                       R"("}},{"request":{"method":"GET","url":")" + p + "\"}}]}");
    CHECK(stolen.status == 404);
    const Reply each = server.ask("POST", "",
                                  R"({"resourceType":"Bundle","type":"batch","entry":[{"request":{)"
                                  R"("method":"GET","url":")" +
                                      p + "\"}}]}");
    CHECK(each.body.find("\"status\":\"404\"") != std::string::npos);
    // What one makes is one's own.
    const std::string own = server.made(patient);
    CHECK(server.ask("GET", own).status == 200);
    server.caller.ods = "A81001";
    server.caller.reach = {false, {"A81001"}};
    CHECK(server.ask("GET", own).status == 404);
    CHECK(server.ask("GET", t).status == 200);
}

TEST_CASE("the CapabilityStatement says what is there", "[api]") {
    Server server("capabilities");
    const Reply reply = server.ask("GET", "metadata");
    CHECK(reply.status == 200);
    const auto document = text::parse_json(reply.body, "metadata");
    REQUIRE(document.ok());
    CHECK(document->root().string_or("resourceType", "") == "CapabilityStatement");
    for (const char* part :
         {"\"transaction\"", "\"batch\"", "\"Task:focus\"", "\"business-status\"",
          "\"history-instance\"", "\"versioned-update\""}) {
        CHECK(reply.body.find(part) != std::string::npos);
    }
}
