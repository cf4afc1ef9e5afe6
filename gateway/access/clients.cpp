// The registry, and the key sets it fetches.
#include <algorithm>
#include <map>
#include <mutex>

#include "access/client.h"
#include "client_reader.h"

namespace linkway::access {

namespace {

constexpr Instant retry_after = 30 * second;
constexpr Instant longest_lifetime = second * 24 * 3600;

/// Keys of a client that has them at a URL.
struct Fetched {
    std::mutex mutex;
    std::shared_ptr<const KeySet> keys;
    Instant until = 0;
    std::optional<Instant> tried;
    bool failed = false;
    bool under_way = false;
};

struct Entry {
    std::shared_ptr<const Client> client;
    std::unique_ptr<Fetched> fetched;  // null for keys that were given
};

bool holds(const KeySet& keys, std::string_view id) {
    return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.id == id; });
}

text::Issue out_of_reach(const Client& client) {
    return {text::Severity::error,
            "transient",
            "the key set of client " + client.id + " can't be fetched now",
            {},
            "try again later"};
}

text::Result<std::shared_ptr<const KeySet>> parse_fetched(const FetchedJwks& fetched,
                                                          const std::string& url) {
    text::Issues issues;
    auto keys = parse_jwks(fetched.json, url, issues);
    if (!keys) {
        return keys.issue();
    }
    if (keys->empty() && !issues.empty()) {
        return issues.front();
    }
    return std::make_shared<const KeySet>(std::move(*keys));
}

/// Ends what was under way, whatever happened.
class Ending {
  public:
    explicit Ending(Fetched& fetched) : fetched_(fetched) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    ~Ending() {
        const std::scoped_lock lock(fetched_.mutex);
        fetched_.under_way = false;
    }

  private:
    Fetched& fetched_;
};

}  // namespace

struct Clients::State {
    std::map<std::string, Entry, std::less<>> by_id;
    FetchJwks fetch;

    text::Result<Issuer> keys_at_url(const Entry& entry, std::string_view key_id,
                                     Instant now) const;
};

Clients::Clients() : state_(std::make_unique<State>()) {}
Clients::~Clients() = default;
Clients::Clients(Clients&&) noexcept = default;
Clients& Clients::operator=(Clients&&) noexcept = default;

Clients Clients::read(const text::Node& list, const text::Document& document,
                      const std::string& folder, FetchJwks fetch, text::Issues& issues) {
    Clients result;
    result.state_->fetch = std::move(fetch);
    if (!list.is_array()) {
        issues.push_back(
            {text::Severity::error, "structure", "the clients are a list", document.at(list), ""});
        return result;
    }
    for (const text::Node& node : list.items) {
        auto client = read_client(node, document, folder, issues);
        if (!client) {
            continue;
        }
        Entry entry;
        if (!client->jwks_uri.empty()) {
            entry.fetched = std::make_unique<Fetched>();
        }
        entry.client = std::make_shared<const Client>(std::move(*client));
        const std::string id = entry.client->id;
        if (!result.state_->by_id.emplace(id, std::move(entry)).second) {
            issues.push_back({text::Severity::error, "duplicate",
                              "there is a client " + id + " already", document.at(node), ""});
        }
    }
    return result;
}

std::size_t Clients::size() const {
    return state_->by_id.size();
}

std::shared_ptr<const Client> Clients::find(std::string_view id) const {
    const auto found = state_->by_id.find(id);
    return found == state_->by_id.end() ? nullptr : found->second.client;
}

text::Result<Issuer> Clients::issuer(std::string_view id, std::string_view key_id,
                                     Instant now) const {
    const auto found = state_->by_id.find(id);
    if (found == state_->by_id.end()) {
        return text::Issue{text::Severity::error,
                           "login",
                           "there is no client of the id that the token names as iss",
                           {},
                           ""};
    }
    const Entry& entry = found->second;
    if (entry.fetched != nullptr) {
        return state_->keys_at_url(entry, key_id, now);
    }
    return Issuer{std::shared_ptr<const KeySet>(entry.client, &entry.client->keys), ""};
}

text::Result<Issuer> Clients::State::keys_at_url(const Entry& entry, std::string_view key_id,
                                                 Instant now) const {
    Fetched& fetched = *entry.fetched;
    const std::string& url = entry.client->jwks_uri;
    {
        const std::scoped_lock lock(fetched.mutex);
        const bool fresh = fetched.keys != nullptr && now < fetched.until;
        // A kid that is missing may be new; but whoever makes kids up must not make us fetch.
        const bool rested = !fetched.tried || now - *fetched.tried >= retry_after;
        const bool wanted = !fresh || !holds(*fetched.keys, key_id);
        if (!wanted || fetched.under_way || (!rested && (fresh || fetched.failed))) {
            return fresh ? text::Result<Issuer>(Issuer{fetched.keys, url})
                         : out_of_reach(*entry.client);
        }
        fetched.under_way = true;
        fetched.tried = now;
        fetched.failed = true;  // until it has come
    }
    const Ending ending(fetched);
    if (!fetch) {
        return out_of_reach(*entry.client);
    }
    const auto answer = fetch(url);
    if (!answer) {
        return out_of_reach(*entry.client);
    }
    const auto keys = parse_fetched(*answer, url);
    if (!keys) {
        return out_of_reach(*entry.client);
    }
    const std::scoped_lock lock(fetched.mutex);
    fetched.failed = false;
    fetched.keys = *keys;
    fetched.until = now + std::clamp<Instant>(answer->lifetime, 0, longest_lifetime);
    return Issuer{*keys, url};
}

}  // namespace linkway::access
