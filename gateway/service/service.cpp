#include "service/service.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "delivery/worker.h"
#include "endpoint.h"
#include "extracts.h"
#include "fetch_jwks.h"
#include "intake/worker.h"
#include "loop/write.h"
#include "profiles/validator.h"
#include "store/sqlite_store.h"

namespace linkway::service {

namespace {

namespace fs = std::filesystem;

store::Instant now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Ids of tokens that were used, in the store: a second node, or this one started anew, knows them.
class StoredReplays final : public access::Replays {
  public:
    explicit StoredReplays(store::Store& store) : store_(store) {}

    text::Result<bool> remember(std::string_view client, std::string_view token_id,
                                access::Instant expires, access::Instant at) override {
        bool first = false;
        if (auto failed = store_.write([&](store::Writer& writer) {
                first = writer.first_use(client, token_id, expires, at);
                return text::Status();
            })) {
            return *std::move(failed);
        }
        return first;
    }

  private:
    store::Store& store_;
};

void describe(Metrics& metrics) {
    using Kind = Metrics::Kind;
    metrics.describe("linkway_requests_total", Kind::counter, "Requests answered");
    metrics.describe("linkway_request_seconds", Kind::histogram,
                     "Time from a whole request to its answer");
}

}  // namespace

struct Service::State {
    Config config;
    std::string mappings;
    Metrics metrics;
    std::unique_ptr<Log> log;
    std::unique_ptr<intake::DataFolder> folder;
    std::unique_ptr<store::Store> store;
    std::shared_ptr<access::Secrets> secrets;
    access::Clients clients;
    std::unique_ptr<access::AccessTokens> tokens;
    std::unique_ptr<access::Sealer> sealer;
    std::unique_ptr<access::AuditLog> audit;
    std::unique_ptr<StoredReplays> replays;
    std::unique_ptr<access::SignedLinks> links;
    std::unique_ptr<RecordPages> pages;
    profiles::Validator validator;
    std::unique_ptr<Endpoint> endpoint;
    std::unique_ptr<http::Server> server;
    std::string url;

    std::unique_ptr<intake::Mappings> system_mappings;
    std::unique_ptr<intake::Intake> intake;
    std::unique_ptr<intake::Worker> intake_worker;
    std::unique_ptr<delivery::Worker> delivery_worker;

    mutable std::mutex knowledge_mutex;
    std::shared_ptr<const loop::Knowledge> knowledge;
    std::shared_ptr<const delivery::Mappings> record_mappings;

    std::mutex ticking_mutex;
    std::condition_variable stopping;
    bool stopped = false;
    std::thread ticker;

    std::shared_ptr<const loop::Knowledge> current_knowledge() const {
        const std::lock_guard lock(knowledge_mutex);
        return knowledge;
    }
    loop::Agreement agreement(std::string_view ods) const { return agreement_of(config, ods); }
    text::Status open();
    void take_in();
    void deliver();
    text::Status write_resource(store::Writer& writer, const api::Incoming& resource,
                                const api::Caller& caller, const store::Change::Origin& origin,
                                store::Written& written);
    text::Status listen(const std::string& version);
    api::FhirParts fhir_parts(const std::string& version);
    void tick();
};

text::Status Service::State::open() {
    auto taken = intake::DataFolder::open(config.data, "linkway serve");
    if (!taken) {
        return std::move(taken).issue();
    }
    folder = std::make_unique<intake::DataFolder>(std::move(*taken));
    auto opened = store::open_sqlite({folder->store().string(), 4, 32'768});
    if (!opened) {
        return std::move(opened).issue();
    }
    store = std::move(*opened);
    auto kept = access::Secrets::open((folder->root() / "secrets.json").string(), now());
    if (!kept) {
        return std::move(kept).issue();
    }
    secrets = std::move(*kept);
    auto chain = access::AuditLog::open(folder->audit().string(), config.node, now());
    if (!chain) {
        return std::move(chain).issue();
    }
    audit = std::move(*chain);
    replays = std::make_unique<StoredReplays>(*store);
    sealer = std::make_unique<access::Sealer>(secrets, "page");
    return {};
}

void Service::State::take_in() {
    system_mappings = std::make_unique<intake::Mappings>(mappings);
    intake::Parts parts;
    parts.folder = folder.get();
    parts.store = store.get();
    parts.mappings = system_mappings.get();
    parts.now = now;
    parts.validate = [this](const text::Node& resource) { return validator.validate(resource); };
    parts.apply = apply_extracts([this] { return current_knowledge(); },
                                 [this](std::string_view ods) { return agreement(ods); });
    parts.note = [this](const text::Issue& issue) {
        log->write(issue.severity == text::Severity::information ? Level::info : Level::warning,
                   "intake",
                   {{"code", issue.code}, {"what", issue.message}, {"file", issue.location.file}});
    };
    intake = std::make_unique<intake::Intake>(std::move(parts), intake_options(config));
    intake_worker = std::make_unique<intake::Worker>(*intake, config.quiet_seconds * 1000);
}

text::Status Service::State::write_resource(store::Writer& writer, const api::Incoming& resource,
                                            const api::Caller& caller,
                                            const store::Change::Origin& origin,
                                            store::Written& written) {
    const store::Key& key = resource.prepared.key;
    if (key.type == "Subscription") {
        text::Issues issues =
            delivery::check_subscription(*resource.root, {url + "/fhir", config.allow_http_hooks});
        if (!issues.empty()) {
            return std::move(issues.front());
        }
        delivery::note_subscriber(writer, key.id, caller.reach);
    }
    referrals::Actor actor;
    actor.organisation = caller.ods;
    loop::Item item{&resource.prepared, {}};
    const auto knows = current_knowledge();
    auto failed = loop::write(writer, std::span(&item, 1),
                              {*knows, [this](std::string_view ods) { return agreement(ods); },
                               referrals::Origin::fhir, actor, origin});
    written = item.written;
    return failed;
}

void Service::State::deliver() {
    delivery::Parts parts;
    parts.store = store.get();
    parts.now = now;
    parts.hooks = {url + "/fhir", config.allow_http_hooks};
    parts.outbox = folder->outbox();
    parts.system_of = [this](std::string_view ods) {
        const auto found = config.practices.find(std::string(ods));
        return found == config.practices.end() ? std::string() : found->second.system;
    };
    parts.mappings = [this] {
        const std::lock_guard lock(knowledge_mutex);
        return record_mappings;
    };
    parts.note = [this](const text::Issue& issue) {
        log->write(Level::warning, "delivery",
                   {{"code", issue.code}, {"what", issue.message}, {"file", issue.location.file}});
    };
    delivery::WorkerOptions options;
    options.hooks.ca_file = config.authorities;
    delivery_worker = std::make_unique<delivery::Worker>(std::move(parts), std::move(options));
}

api::FhirParts Service::State::fhir_parts(const std::string& version) {
    api::FhirParts parts;
    parts.store = store.get();
    parts.base = url + "/fhir";
    parts.version = version;
    parts.secure = *config.authentication;
    parts.token_url = url + "/auth/token";
    parts.validate = [this](const text::Node& resource) { return validator.validate(resource); };
    parts.write = [this](auto&&... arguments) {
        return write_resource(std::forward<decltype(arguments)>(arguments)...);
    };
    parts.seal = [this](std::string_view text) { return sealer->seal(text); };
    parts.unseal = [this](std::string_view text) { return sealer->open(text); };
    return parts;
}

text::Status Service::State::listen(const std::string& version) {
    http::Options options;
    options.address = config.address;
    options.port = config.port;
    options.threads = config.threads;
    options.limits.connections = config.max_connections;
    options.limits.header_time = std::chrono::seconds(config.header_seconds);
    options.limits.idle_time = std::chrono::seconds(config.idle_seconds);
    options.limits.transfer_rate = config.body_bytes_per_second;
    if (config.is_secure()) {
        options.tls = http::Tls{config.certificate, config.key, config.client_authorities};
    }
    endpoint = std::make_unique<Endpoint>();
    auto started = http::Server::start(options, *endpoint);
    if (!started) {
        return std::move(started).issue();
    }
    server = std::move(*started);
    url = config.url(server->port());
    tokens = std::make_unique<access::AccessTokens>(secrets, url);
    EndpointParts parts;
    parts.config = &config;
    parts.log = log.get();
    parts.metrics = &metrics;
    parts.clock = now;
    parts.clients = &clients;
    parts.tokens = tokens.get();
    parts.replays = replays.get();
    parts.audit = audit.get();
    parts.store = store.get();
    parts.url = url;
    parts.fhir = fhir_parts(version);
    links = std::make_unique<access::SignedLinks>(secrets, "record");
    pages = std::make_unique<RecordPages>(
        RecordPagesParts{store.get(), links.get(), [this] { return current_knowledge(); },
                         [this](std::string_view ods) { return agreement(ods); }, url,
                         static_cast<store::Instant>(config.link_minutes) * 60'000});
    parts.pages = pages.get();
    deliver();
    parts.written = [this] { delivery_worker->wake(); };
    parts.incoming = folder->raw().string();
    parts.take_in = [this](const std::string& system, const std::string& file,
                           const std::string& name) {
        auto id = intake->accept_upload(system, file, name);
        intake_worker->wake();
        return id;
    };
    parts.taken_in = [this](const std::string& id) -> text::Result<std::string> {
        std::vector<store::Intake> found;
        if (auto failed = store->read([&](store::Reader& reader) {
                found = reader.intakes({id, {}, 1});
                return text::Status();
            })) {
            return *std::move(failed);
        }
        if (id.empty() || found.empty()) {
            return text::Issue{
                text::Severity::error, "not-found", "there is no such intake", {}, {}};
        }
        return intake::to_json(found.front());
    };
    endpoint->begin(std::move(parts));
    return {};
}

/// What must happen now and then.
void Service::State::tick() {
    std::unique_lock lock(ticking_mutex);
    while (!stopping.wait_for(lock, std::chrono::milliseconds(100), [this] { return stopped; })) {
        constexpr store::Instant day = 86'400'000;
        if (const auto rotated = secrets->rotate(day, now()); !rotated) {
            log->write(Level::error, "secrets", {{"problem", rotated.issue().message}});
        }
        if (auto failed = audit->tick(now())) {
            log->write(Level::error, "audit", {{"problem", failed->message}});
        }
    }
}

text::Result<std::unique_ptr<Service>> Service::start(const Config& config,
                                                      const std::string& mappings,
                                                      const std::string& version) {
    auto state = std::make_unique<State>();
    state->config = config;
    state->mappings = mappings;
    state->log = std::make_unique<Log>(level_of(config.log_level), now);
    describe(state->metrics);
    text::Issues issues;
    state->knowledge = loop::load_knowledge(mappings, issues);
    state->record_mappings = delivery::load_mappings(mappings + "/record", issues);
    if (config.clients != nullptr) {
        state->clients = access::Clients::read(*config.clients, *config.file,
                                               fs::path(config.file->file()).parent_path().string(),
                                               fetch_jwks_over_https(config.authorities), issues);
    }
    if (text::has_errors(issues) || !state->knowledge || !state->record_mappings) {
        return issues.front();
    }
    if (auto failed = state->open()) {
        return *std::move(failed);
    }
    state->take_in();
    if (auto failed = state->listen(version)) {
        return *std::move(failed);
    }
    state->ticker = std::thread([&running = *state] { running.tick(); });
    return std::unique_ptr<Service>(new Service(std::move(state)));
}

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}

Service::~Service() {
    stop(std::chrono::seconds(1));
}

const std::string& Service::url() const {
    return state_->url;
}

text::Issues Service::reload() {
    text::Issues issues;
    if (auto knowledge = loop::load_knowledge(state_->mappings, issues)) {
        const std::lock_guard lock(state_->knowledge_mutex);
        state_->knowledge = std::move(knowledge);
    }
    if (auto record_mappings = delivery::load_mappings(state_->mappings + "/record", issues)) {
        const std::lock_guard lock(state_->knowledge_mutex);
        state_->record_mappings = std::move(record_mappings);
    }
    text::Issues of_systems = state_->system_mappings->reload();
    issues.insert(issues.end(), std::make_move_iterator(of_systems.begin()),
                  std::make_move_iterator(of_systems.end()));
    return issues;
}

void Service::stop(std::chrono::milliseconds grace) {
    {
        const std::lock_guard lock(state_->ticking_mutex);
        if (state_->stopped) {
            return;
        }
        state_->stopped = true;
    }
    state_->endpoint->end();
    state_->server->stop(grace);
    state_->intake_worker->stop();
    state_->delivery_worker->stop();
    state_->stopping.notify_all();
    state_->ticker.join();
    if (auto failed = state_->audit->sync()) {
        state_->log->write(Level::error, "audit", {{"problem", failed->message}});
    }
}

}  // namespace linkway::service
