#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "access/jwk.h"
#include "command.h"

namespace linkway::cli {

namespace {

/// Makes a file that was not there; says so when it could not.
bool write_new(const std::string& path, const std::string& content, unsigned mode) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    const bool written = file >= 0 && ::write(file, content.data(), content.size()) ==
                                          static_cast<ssize_t>(content.size());
    const int error = errno;
    if (file >= 0) {
        ::close(file);
    }
    if (!written) {
        std::cerr << "linkway: " << path
                  << " can't be made: " << std::generic_category().message(error) << '\n';
    }
    return written;
}

int run(const Arguments& arguments) {
    const auto algorithm = access::parse_algorithm(arguments.get("algorithm", "ES384"));
    if (!algorithm || *algorithm == access::Algorithm::es256) {
        std::cerr << "linkway: --algorithm is ES384 or RS384\n";
        return usage_error;
    }
    const std::string folder = arguments.get("output", ".");
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    const access::Key key = access::generate_key(*algorithm);
    if (!write_new(folder + "/key.pem", access::to_pem(key), 0600) ||
        !write_new(folder + "/jwks.json", access::to_jwks({key}) + "\n", 0644)) {
        return failed;
    }
    std::cout << folder << "/key.pem    the private key: keep it secret\n"
              << folder << "/jwks.json  the public key set: give it to the gateway\n";
    return done;
}

}  // namespace

Command keys_new_command() {
    Command command;
    command.name = "keys new";
    command.usage = "[-o FOLDER]";
    command.summary = "make a pair of keys for a client of the service";
    command.description =
        "Writes key.pem, with which the client signs, and jwks.json, the public half, which goes "
        "into the gateway's configuration\n"
        "(\"jwks_file\" of the client) or to the URL it names (\"jwks_uri\"). Files that are there "
        "are never written over.";
    command.options = {{"algorithm", "", "NAME", "ES384 (default) or RS384"},
                       {"output", "o", "FOLDER", "where the files go (default: here)"}};
    command.examples = {"linkway keys new -o meadow"};
    command.run = run;
    return command;
}

}  // namespace linkway::cli
