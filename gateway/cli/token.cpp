#include "access/token.h"

#include <chrono>
#include <iostream>

#include "command.h"

namespace linkway::cli {

namespace {

/// As application/x-www-form-urlencoded writes it.
std::string encoded(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += hex[static_cast<unsigned char>(c) >> 4U];
            out += hex[static_cast<unsigned char>(c) & 0x0FU];
        }
    }
    return out;
}

int run(const Arguments& arguments) {
    for (const char* name : {"client", "key", "url"}) {
        if (!arguments.has(name)) {
            std::cerr << "linkway: --" << name << " is missing\nTry: linkway token --help\n";
            return usage_error;
        }
    }
    const std::string file = arguments.get("key", "");
    const auto pem = read_file(file);
    if (!pem) {
        std::cerr << "linkway: " << file << " can't be read\n";
        return failed;
    }
    const auto key = access::parse_pem(*pem, file, arguments.get("kid", ""));
    if (!key) {
        print({key.issue()});
        return failed;
    }
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const std::string assertion = access::client_assertion(
        arguments.get("client", ""), arguments.get("url", ""), *key, now.count());
    if (!arguments.has("scope")) {
        std::cout << assertion << '\n';
        return done;
    }
    std::cout << "grant_type=client_credentials&client_assertion_type="
              << encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
              << "&client_assertion=" << assertion
              << "&scope=" << encoded(arguments.get("scope", "")) << '\n';
    return done;
}

}  // namespace

Command token_command() {
    Command command;
    command.name = "token";
    command.usage = "--client ID --key FILE --url TOKEN_URL [--scope SCOPE]";
    command.summary = "sign in to the service as a client would, for use with curl";
    command.description =
        "Prints a client assertion (SMART Backend Services, private_key_jwt), good once within "
        "four minutes. With --scope it prints\n"
        "the whole form that goes to the token endpoint. The key's kid is its thumbprint, as "
        "linkway keys new writes it.";
    command.options = {{"client", "", "ID", "client id, as the gateway's configuration has it"},
                       {"key", "", "FILE", "private key (PEM), RSA or on P-384"},
                       {"kid", "", "NAME", "name of the key, when it is not the thumbprint"},
                       {"url", "", "TOKEN_URL", "the token endpoint, as the service names it"},
                       {"scope", "", "SCOPE", "print the whole form, asking for this"}};
    command.examples = {
        "linkway token --client meadow --key meadow/key.pem --url "
        "https://gateway.example/auth/token",
        "curl -d \"$(linkway token --client meadow --key meadow/key.pem --url "
        "https://gateway.example/auth/token --scope 'system/Task.rs')\" "
        "https://gateway.example/auth/token"};
    command.run = run;
    return command;
}

}  // namespace linkway::cli
