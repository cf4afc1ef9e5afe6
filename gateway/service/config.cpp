#include "service/config.h"

#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <sstream>
#include <variant>

namespace linkway::service {

namespace {

using Target = std::variant<std::string Config::*, bool Config::*, std::optional<bool> Config::*,
                            std::uint16_t Config::*, unsigned Config::*, std::size_t Config::*>;

struct Setting {
    const char* name;  ///< in the file; dots part objects
    Target target;
    const char* what;
};

const std::array<Setting, 25>& settings() {
    static const std::array<Setting, 25> all = {{
        {"listen.address", &Config::address, "address to listen on"},
        {"listen.port", &Config::port, "port; 0 takes any that is free"},
        {"listen.certificate", &Config::certificate, "PEM file with the certificate chain"},
        {"listen.key", &Config::key, "PEM file with its private key"},
        {"listen.clientAuthorities", &Config::client_authorities,
         "PEM file: clients must have a certificate of one of these authorities"},
        {"publicUrl", &Config::public_url, "address as clients know it, behind a proxy"},
        {"authentication", &Config::authentication,
         "ask for tokens; may be false on loopback only"},
        {"data", &Config::data, "folder of everything that is kept"},
        {"mappings", &Config::mappings, "folder of mappings; by default the one installed"},
        {"node", &Config::node, "name of this node in the audit"},
        {"threads", &Config::threads, "threads that answer requests"},
        {"limits.body", &Config::max_body, "bytes of a FHIR request"},
        {"limits.upload", &Config::max_upload, "bytes of an extract"},
        {"limits.headerSeconds", &Config::header_seconds, "time for a request's header"},
        {"limits.idleSeconds", &Config::idle_seconds, "time a connection may rest"},
        {"limits.bodyBytesPerSecond", &Config::body_bytes_per_second,
         "a body that comes slower is given up"},
        {"limits.connections", &Config::max_connections, "connections at once"},
        {"limits.requestsPerSecond", &Config::requests_per_second,
         "of a client that has no rate of its own"},
        {"inbox.quietSeconds", &Config::quiet_seconds,
         "a file that nothing marks as whole is so when it rests this long"},
        {"inbox.keepRawDays", &Config::keep_raw_days, "how long what came in is kept when done"},
        {"inbox.onlyKnownPractices", &Config::only_known_practices,
         "refuse extracts of practices that are not listed"},
        {"record.linkMinutes", &Config::link_minutes, "how long a link to the record page is good"},
        {"subscriptions.allowHttpOnLoopback", &Config::allow_http_hooks,
         "deliver to plain HTTP addresses of this machine"},
        {"authorities", &Config::authorities,
         "PEM file by which servers are verified that Linkway asks or tells: subscribers, key "
         "sets"},
        {"logLevel", &Config::log_level, "error, warning, info or debug"},
    }};
    return all;
}

/// "limits.headerSeconds" is LINKWAY_LIMITS_HEADER_SECONDS.
std::string variable_of(std::string_view name) {
    std::string variable = "LINKWAY_";
    for (const char c : name) {
        if (c == '.') {
            variable += '_';
        } else if (c >= 'A' && c <= 'Z') {
            variable += '_';
            variable += c;
        } else {
            variable += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    return variable;
}

const char* type_of(const Target& target) {
    constexpr std::array<const char*, 6> types = {"text",           "true or false",
                                                  "true or false",  "a whole number",
                                                  "a whole number", "a whole number"};
    return types[target.index()];
}

template <class Number>
bool set_number(Number& out, std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return false;
    }
    out = value;
    return true;
}

/// False when the text is no value of the setting's type.
bool set(Config& config, const Setting& setting, std::string_view text, bool quoted) {
    return std::visit(
        [&](auto member) {
            auto& out = config.*member;
            using Type = std::remove_reference_t<decltype(out)>;
            if constexpr (std::is_same_v<Type, std::string>) {
                out = text;
                return quoted;
            } else if constexpr (std::is_same_v<Type, bool> ||
                                 std::is_same_v<Type, std::optional<bool>>) {
                out = text == "true";
                return text == "true" || text == "false";
            } else {
                return set_number(out, text);
            }
        },
        setting.target);
}

class ConfigReader {
  public:
    ConfigReader(Config& config, text::Issues& issues) : config_(config), issues_(issues) {}

    void read_file(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        std::ostringstream content;
        content << in.rdbuf();
        if (!in) {
            issues_.push_back({text::Severity::error,
                               "not-found",
                               "the file cannot be read",
                               {path, 0, 0, {}},
                               {}});
            return;
        }
        auto parsed = text::parse_json(content.str(), path);
        if (!parsed) {
            issues_.push_back(std::move(parsed).issue());
            return;
        }
        auto document = std::make_shared<const text::Document>(std::move(parsed).value());
        config_.file = document;
        read_object(document->root(), "");
    }

    void read_environment(
        const std::function<std::optional<std::string>(const std::string&)>& environment) {
        for (const Setting& setting : settings()) {
            const std::string variable = variable_of(setting.name);
            if (const auto value = environment(variable);
                value && !set(config_, setting, *value, true)) {
                issues_.push_back(
                    {text::Severity::error,
                     "value",
                     "the environment variable must be " + std::string(type_of(setting.target)),
                     {variable, 0, 0, {}},
                     {}});
            }
        }
    }

  private:
    void read_object(const text::Node& object, const std::string& prefix) {
        if (!object.is_object()) {
            issues_.push_back({text::Severity::error,
                               "structure",
                               "an object is expected",
                               config_.file->at(object),
                               {}});
            return;
        }
        for (const text::Member& member : object.members) {
            const std::string name = prefix + std::string(member.name);
            if (name == "clients") {
                config_.clients = &member.value;
            } else if (name == "practices") {
                read_practices(member.value);
            } else if (is_group(name)) {
                read_object(member.value, name + ".");
            } else {
                read_setting(name, member);
            }
        }
    }

    static bool is_group(const std::string& name) {
        for (const Setting& setting : settings()) {
            if (std::string_view(setting.name).substr(0, name.size() + 1) == name + ".") {
                return true;
            }
        }
        return false;
    }

    void read_setting(const std::string& name, const text::Member& member) {
        std::vector<std::string> known = {"clients", "practices"};
        for (const Setting& setting : settings()) {
            if (setting.name == name) {
                if (!set(config_, setting, member.value.text, member.value.is_string()) ||
                    member.value.is_array() || member.value.is_object()) {
                    wrong(member.value, name + " must be " + type_of(setting.target));
                }
                return;
            }
            known.emplace_back(setting.name);
        }
        text::Issue issue{text::Severity::error, "structure",
                          "there is no setting \"" + name + "\"", config_.file->at(member),
                          text::did_you_mean(name, known)};
        issues_.push_back(std::move(issue));
    }

    void read_practices(const text::Node& practices) {
        if (!practices.is_object()) {
            return wrong(practices, "practices is an object, by ods code");
        }
        for (const text::Member& member : practices.members) {
            Practice practice;
            practice.system = member.value.string_or("system", "");
            practice.provider = member.value.string_or("provider", "");
            practice.policy = read_policy(member.value);
            if (member.name.empty() || member.name.size() > 12 ||
                member.name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") !=
                    std::string_view::npos) {
                wrong(member.value, "a practice is named by its ods code");
            }
            config_.practices.emplace(member.name, std::move(practice));
        }
    }

    referrals::Policy read_policy(const text::Node& practice) {
        const text::Node* policy = practice.find("policy");
        for (const text::Member& member : practice.members) {
            if (member.name != "policy" && member.name != "system" && member.name != "provider") {
                issues_.push_back(
                    {text::Severity::error, "structure",
                     "a practice has system, provider and policy only", config_.file->at(member),
                     text::did_you_mean(member.name, {"system", "provider", "policy"})});
            }
        }
        return policy == nullptr ? referrals::Policy{}
                                 : referrals::parse_policy(*config_.file, *policy, issues_);
    }

    void wrong(const text::Node& node, std::string message) {
        issues_.push_back(
            {text::Severity::error, "value", std::move(message), config_.file->at(node), {}});
    }

    Config& config_;
    text::Issues& issues_;
};

/// What settings mean together.
void check(const Config& config, text::Issues& issues) {
    const auto wrong = [&](std::string message, std::string suggestion) {
        issues.push_back({text::Severity::error,
                          "value",
                          std::move(message),
                          {config.file ? config.file->file() : "configuration", 0, 0, {}},
                          std::move(suggestion)});
    };
    if (config.certificate.empty() != config.key.empty()) {
        wrong("listen.certificate and listen.key go together", "give both or none");
    }
    if (!config.is_loopback() && config.certificate.empty()) {
        wrong("an address that others can reach needs TLS",
              "give listen.certificate and listen.key, or listen on 127.0.0.1 behind a proxy");
    }
    if (!config.is_loopback() && !*config.authentication) {
        wrong("an address that others can reach needs authentication",
              "leave authentication on, or listen on 127.0.0.1");
    }
    if (config.log_level != "error" && config.log_level != "warning" &&
        config.log_level != "info" && config.log_level != "debug") {
        wrong("logLevel is error, warning, info or debug", {});
    }
    if (config.threads == 0 || config.threads > 1024) {
        wrong("threads is between 1 and 1024", {});
    }
}

}  // namespace

bool Config::is_loopback() const {
    return address == "localhost" || address == "::1" || address.rfind("127.", 0) == 0;
}

std::string Config::url(std::uint16_t listening_port) const {
    if (!public_url.empty()) {
        return public_url.back() == '/' ? public_url.substr(0, public_url.size() - 1) : public_url;
    }
    const bool v6 = address.find(':') != std::string::npos;
    return std::string(is_secure() ? "https://" : "http://") + (v6 ? "[" : "") + address +
           (v6 ? "]" : "") + ":" + std::to_string(listening_port);
}

std::optional<Config> read_config(
    const std::string& path,
    const std::function<std::optional<std::string>(const std::string& name)>& environment,
    text::Issues& issues) {
    Config config;
    text::Issues found;
    ConfigReader reader(config, found);
    if (!path.empty()) {
        reader.read_file(path);
    }
    reader.read_environment(environment);
    if (!config.authentication) {
        config.authentication = !config.is_loopback() || config.clients != nullptr;
    }
    if (!text::has_errors(found)) {
        check(config, found);
    }
    const bool broken = text::has_errors(found);
    issues.insert(issues.end(), found.begin(), found.end());
    return broken ? std::nullopt : std::optional(std::move(config));
}

std::string describe_settings() {
    std::string out;
    for (const Setting& setting : settings()) {
        std::string line = setting.name;
        line.resize(std::max<std::size_t>(line.size() + 1, 36), ' ');
        line += variable_of(setting.name);
        line.resize(std::max<std::size_t>(line.size() + 1, 82), ' ');
        out += line + setting.what + "\n";
    }
    return out;
}

}  // namespace linkway::service
