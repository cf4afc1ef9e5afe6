// Key sets of clients that have them at an address. Private to service.
#pragma once

#include <string>

#include "access/client.h"

namespace linkway::service {

/// Fetches over https alone, verified by `authorities` (PEM file; empty for the system's): no
/// redirects, no proxy, at most 256 KiB and 5 seconds. What says nothing of how long it may be kept
/// (Cache-Control: max-age) is kept for 5 minutes. Issue: "transient".
access::FetchJwks fetch_jwks_over_https(std::string authorities);

}  // namespace linkway::service
