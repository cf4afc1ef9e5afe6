// Writes Bundles. Private to api.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "text/json_writer.h"

namespace linkway::api {

/// First links and total, then entries, then finish().
class BundleWriter {
  public:
    BundleWriter(std::string_view type, std::string_view base);
    BundleWriter(const BundleWriter&) = delete;
    BundleWriter& operator=(const BundleWriter&) = delete;

    void total(std::uint64_t count);
    void link(std::string_view relation, std::string_view url);

    /// A resource found; `mode` is match or include.
    void found(const store::Version& version, std::string_view mode);
    /// What was left out of a lenient search.
    void outcome(std::span<const text::Issue> issues);
    /// A version in a history.
    void version(const store::Change& change);
    /// What came of one entry of a transaction or batch.
    void response(const Reply& reply, bool with_body);

    Reply finish();

  private:
    void begin_entry();

    std::string base_;
    Reply reply_;
    text::JsonWriter json_;
    bool links_ = false;
    bool entries_ = false;
};

}  // namespace linkway::api
