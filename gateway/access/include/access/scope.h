// What a client may do, as SMART App Launch 2 writes it: "system/Task.rus system/*.rs".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "access/interaction.h"
#include "text/issue.h"

namespace linkway::access {

/// A set of permissions by resource type. Version 1 scopes are taken and mapped: "read" is rs,
/// "write" is cud, "*" is cruds.
class Scopes {
  public:
    /// Scopes with spaces between. Issue (code "value"): anything that is no system scope, letters
    /// out of the order "cruds", restrictions ("?category=..."), which are not supported.
    static text::Result<Scopes> parse(std::string_view text);

    /// "system/*.cruds".
    static Scopes all();

    /// As version 2 writes them, types in order, nothing said twice; "" for none.
    std::string to_string() const;

    /// What both allow.
    Scopes intersect(const Scopes& other) const;

    /// Whether the interaction's letter is there for the type. Interactions without one (see
    /// `permission`) are allowed to everybody who has any scope: what they lead to is asked again.
    bool allows(std::string_view type, Interaction interaction) const;

    bool empty() const { return entries_.empty(); }

    /// Types that are not among those known, with the nearest one: what a typing mistake in a
    /// configuration looks like.
    text::Issues unknown_types(const std::vector<std::string>& known) const;

  private:
    struct Entry {
        std::string type;  ///< or "*"
        std::uint8_t letters = 0;
    };
    void add(std::string_view type, std::uint8_t letters);
    void normalise();

    std::vector<Entry> entries_;  // by type; "*" is the first
};

}  // namespace linkway::access
