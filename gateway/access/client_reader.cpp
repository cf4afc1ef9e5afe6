#include "client_reader.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "files.h"

namespace linkway::access {

namespace {

constexpr std::size_t most_jwks_bytes = std::size_t{256} << 10;
constexpr double most_rate = 1e6;

bool is_client_id(std::string_view text) {
    return !text.empty() && text.size() <= 100 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// https, or http where nobody is on the way.
bool is_key_url(std::string_view url) {
    const auto starts = [&](std::string_view with) { return url.substr(0, with.size()) == with; };
    return starts("https://") || starts("http://localhost:") || starts("http://127.0.0.1:") ||
           starts("http://[::1]:");
}

class ClientReader {
  public:
    ClientReader(const text::Document& document, const std::string& folder, text::Issues& issues)
        : document_(document), folder_(folder), issues_(issues) {}

    std::optional<Client> read(const text::Node& node) {
        const std::size_t before = issues_.size();
        Client client;
        if (!check_members(node, "a client",
                           {"client_id", "client_name", "organisation", "jwks", "jwks_file",
                            "jwks_uri", "scope", "rate"})) {
            return std::nullopt;
        }
        client.id = node.string_or("client_id", "");
        if (!is_client_id(client.id)) {
            refuse(at(node, "client_id"),
                   "\"client_id\" is 1 to 100 printable letters without spaces");
        }
        client.name = node.string_or("client_name", client.id);
        read_organisation(node, client);
        read_keys(node, client);
        read_scope(node, client);
        read_rate(node, client);
        return issues_.size() == before ? std::optional(std::move(client)) : std::nullopt;
    }

  private:
    void refuse(const text::Node& where, std::string message, std::string suggestion = "") {
        issues_.push_back({text::Severity::error, "value", std::move(message), document_.at(where),
                           std::move(suggestion)});
    }

    /// The member, or what it is missing from.
    static const text::Node& at(const text::Node& node, std::string_view name) {
        const text::Node* member = node.find(name);
        return member != nullptr ? *member : node;
    }

    bool check_members(const text::Node& node, const std::string& what,
                       const std::vector<std::string>& known) {
        if (!node.is_object()) {
            refuse(node, what + " is an object");
            return false;
        }
        for (const text::Member& member : node.members) {
            if (std::find(known.begin(), known.end(), member.name) == known.end()) {
                issues_.push_back({text::Severity::error, "structure",
                                   what + " has no \"" + std::string(member.name) + "\"",
                                   document_.at(member), text::did_you_mean(member.name, known)});
            }
        }
        return true;
    }

    std::string read_ods(const text::Node& where) {
        std::string code(where.is_string() ? where.text : "");
        if (is_ods_code(code)) {
            return code;
        }
        std::string upper = code;
        for (char& c : upper) {
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        refuse(where, "an ods code is three to ten capital letters and digits",
               is_ods_code(upper) ? "did you mean \"" + upper + "\"?" : "");
        return {};
    }

    void read_organisation(const text::Node& node, Client& client) {
        const text::Node* organisation = node.find("organisation");
        if (organisation == nullptr) {
            refuse(node, "a client has an \"organisation\", which decides what it sees");
            return;
        }
        if (!check_members(*organisation, "an organisation", {"kind", "ods", "practices"})) {
            return;
        }
        const std::vector<std::string> kinds = {"practice", "provider", "icb"};
        const std::string_view kind = organisation->string_or("kind", "");
        const auto found = std::find(kinds.begin(), kinds.end(), kind);
        if (found == kinds.end()) {
            refuse(at(*organisation, "kind"), "\"kind\" is practice, provider or icb",
                   text::did_you_mean(kind, kinds));
            return;
        }
        client.kind = static_cast<OrganisationKind>(found - kinds.begin());
        client.ods = read_ods(at(*organisation, "ods"));
        client.sees = {client.ods};
        read_practices(*organisation, client);
    }

    void read_practices(const text::Node& organisation, Client& client) {
        const text::Node* practices = organisation.find("practices");
        if (client.kind != OrganisationKind::icb) {
            if (practices != nullptr) {
                refuse(*practices, "only an icb has \"practices\"");
            }
            return;
        }
        if (practices == nullptr || !practices->is_array() || practices->items.empty()) {
            refuse(at(organisation, "practices"),
                   "an icb lists the ods codes of its \"practices\"");
            return;
        }
        for (const text::Node& practice : practices->items) {
            client.sees.push_back(read_ods(practice));
        }
        std::sort(client.sees.begin(), client.sees.end());
        client.sees.erase(std::unique(client.sees.begin(), client.sees.end()), client.sees.end());
    }

    void read_keys(const text::Node& node, Client& client) {
        const text::Node* keys = node.find("jwks");
        const text::Node* file = node.find("jwks_file");
        const text::Node* url = node.find("jwks_uri");
        if ((keys != nullptr) + (file != nullptr) + (url != nullptr) != 1) {
            refuse(node, "a client has its keys in one of \"jwks\", \"jwks_file\" and \"jwks_uri\"",
                   "linkway keys new makes a pair of keys and the set");
            return;
        }
        if (url != nullptr) {
            client.jwks_uri = url->text;
            if (!url->is_string() || !is_key_url(client.jwks_uri)) {
                refuse(*url, "\"jwks_uri\" begins with https://");
            }
            return;
        }
        const std::size_t before = issues_.size();
        client.keys = keys != nullptr ? read_jwks(*keys, document_, issues_) : read_key_file(*file);
        if (client.keys.empty() && issues_.size() == before) {
            refuse(keys != nullptr ? *keys : *file, "the key set holds no key");
        }
    }

    KeySet read_key_file(const text::Node& file) {
        const auto path = std::filesystem::path(folder_) / std::string(file.text);
        const auto content = read_small_file(path.string(), most_jwks_bytes);
        if (!content) {
            refuse(file, content.issue().message);
            return {};
        }
        auto keys = parse_jwks(*content, path.string(), issues_);
        if (!keys) {
            issues_.push_back(std::move(keys).issue());
            return {};
        }
        return std::move(keys).value();
    }

    void read_scope(const text::Node& node, Client& client) {
        auto scopes = Scopes::parse(node.string_or("scope", ""));
        if (!scopes) {
            refuse(at(node, "scope"), scopes.issue().message, scopes.issue().suggestion);
        } else if (scopes->empty()) {
            refuse(at(node, "scope"), "a client has a \"scope\", such as system/ServiceRequest.rs");
        } else {
            client.scopes = std::move(*scopes);
        }
    }

    void read_rate(const text::Node& node, Client& client) {
        const text::Node* rate = node.find("rate");
        if (rate == nullptr || !check_members(*rate, "a rate", {"requests_per_second", "burst"})) {
            return;
        }
        read_number(*rate, "requests_per_second", 0.001, client.rate.per_second);
        client.rate.burst = std::max(1.0, 2 * client.rate.per_second);
        read_number(*rate, "burst", 1, client.rate.burst);
    }

    void read_number(const text::Node& rate, std::string_view name, double least, double& value) {
        const text::Node* number = rate.find(name);
        if (number == nullptr) {
            return;
        }
        // JSON's numbers are among those of strtod, and the parser has checked that it is one.
        value = number->kind == text::NodeKind::number
                    ? std::strtod(std::string(number->text).c_str(), nullptr)
                    : -1;
        if (!(value >= least && value <= most_rate)) {
            refuse(*number, "\"" + std::string(name) + "\" is a number up to a million, at least " +
                                (least < 1 ? "0.001" : "1"));
        }
    }

    const text::Document& document_;
    const std::string& folder_;
    text::Issues& issues_;
};

}  // namespace

std::optional<Client> read_client(const text::Node& node, const text::Document& document,
                                  const std::string& folder, text::Issues& issues) {
    return ClientReader(document, folder, issues).read(node);
}

}  // namespace linkway::access
