// What a practice says of a file that it was to file. Private to delivery.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "store/resource.h"
#include "text/issue.h"

namespace linkway::delivery {

/// When something was filed, and by whom.
struct Filed {
    store::Instant at = 0;
    std::string by;
};

struct Acknowledgement {
    std::optional<Filed> all;                           ///< the whole file
    std::map<std::string, Filed, std::less<>> entries;  ///< else these, by their keys
};

/// Reads what stands in a .ack that was written at `written`: nothing, JSON or CSV (files.h).
/// Issue: neither, or half written.
text::Result<Acknowledgement> read_acknowledgement(std::string_view content,
                                                   store::Instant written);

/// The entries of one delivery as JSON, and back; unreadable ones are none.
std::string to_json(const std::map<std::string, Filed, std::less<>>& entries);
std::map<std::string, Filed, std::less<>> filed_entries(std::string_view json);

}  // namespace linkway::delivery
