// Entries of this folder's YAML files, each checked where it stands. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/node.h"

namespace linkway::referrals {

/// Nobody's rules are longer.
inline constexpr text::ParseLimits rule_limits = {std::size_t{1} << 20, 16};

/// The whole file; an issue that says what it is for when there is none.
std::optional<std::string> content_of(const std::string& file, const char* what_it_says,
                                      text::Issues& issues);

/// What every reader of such a file asks of it. Anything wrong is an issue; the answer is then
/// empty, and reading goes on so that all mistakes are found at once.
class EntryReader {
  public:
    EntryReader(const text::Document& document, text::Issues& issues)
        : document_(document), issues_(issues) {}

    const text::Document& document() const { return document_; }
    bool sound() const { return sound_; }

    void fail(text::Location at, std::string_view field, std::string message,
              std::string suggestion = {});

    /// The entry of that kind, which must be there; an empty one when it is not.
    const text::Node& section(const text::Node& owner, std::string_view name,
                              text::NodeKind kind = text::NodeKind::object);
    void known(const text::Node& object, const std::vector<std::string>& names);
    std::string words(const text::Node& owner, std::string_view name);  ///< text, not empty
    bool flag(const text::Node& owner, std::string_view name);          ///< false when absent
    std::string choice(const text::Node& owner, std::string_view name,
                       const std::vector<std::string>& names);  ///< one of them, else empty
    /// One of them or a list; what is none of them is left out.
    std::vector<std::string> several(const text::Node& owner, std::string_view name,
                                     const std::vector<std::string>& names);
    /// A value or a name that must be one of these; `what` says of what kind.
    std::string one_of(const text::Node& value, const std::vector<std::string>& names,
                       const std::string& what);
    void one_of(const text::Member& member, const std::vector<std::string>& names,
                const std::string& what);

  private:
    const text::Document& document_;
    text::Issues& issues_;
    bool sound_ = true;
};

}  // namespace linkway::referrals
