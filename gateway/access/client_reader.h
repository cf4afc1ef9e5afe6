// One client of a configuration.
#pragma once

#include <optional>
#include <string>

#include "access/client.h"

namespace linkway::access {

/// Reads a client; every mistake becomes an issue, then there is none. `folder` is where
/// "jwks_file" starts from.
std::optional<Client> read_client(const text::Node& node, const text::Document& document,
                                  const std::string& folder, text::Issues& issues);

}  // namespace linkway::access
