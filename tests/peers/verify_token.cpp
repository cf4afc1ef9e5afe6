// Verifies a token as the token endpoint does: verify_token JWKS-FILE < TOKEN. For compare-jose.sh.
#include <fstream>
#include <iostream>
#include <sstream>

#include "access/jwt.h"

int main(int argc, char** argv) {
    using namespace linkway;
    if (argc != 2) {
        std::cerr << "verify_token JWKS-FILE < TOKEN\n";
        return 2;
    }
    std::ostringstream jwks;
    jwks << std::ifstream(argv[1], std::ios::binary).rdbuf();
    text::Issues issues;
    const auto keys = access::parse_jwks(jwks.str(), argv[1], issues);
    for (const text::Issue& issue : issues) {
        std::cout << text::to_string(issue) << '\n';
    }
    std::string token;
    std::getline(std::cin, token);
    if (!keys) {
        std::cout << text::to_string(keys.issue()) << '\n';
        return 1;
    }
    const auto claims = access::verify_jwt(token, access::smart_algorithms, *keys);
    std::cout << (claims ? "ok " + std::string(claims->text("sub"))
                         : text::to_string(claims.issue()))
              << '\n';
    return claims ? 0 : 1;
}
