// What a YAML text holds beside its tree: comments, blank lines and block scalars. Private to
// mapping.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/node.h"

namespace linkway::mapping {

struct Comment {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string_view text;  ///< from its "#" on
    bool own_line = false;  ///< nothing but blanks and dashes before it
};

/// A literal or folded scalar as it is written.
struct Block {
    std::string_view header;              ///< "|", ">-", "|2+"
    std::vector<std::string_view> lines;  ///< without their common indentation
};

using Place = std::pair<std::uint32_t, std::uint32_t>;  ///< line, column

struct YamlSource {
    std::vector<Comment> comments;      ///< in order
    std::map<Place, Block> blocks;      ///< by where their node stands
    std::set<Place> brackets;           ///< where containers in { } or [ ] stand
    std::vector<std::uint32_t> tokens;  ///< lines on which names and values stand, ascending
    std::vector<bool> blank_lines;      ///< by line, from 1; those inside scalars are not

    bool is_blank(std::uint32_t line) const {
        return line < blank_lines.size() && blank_lines[line];
    }
};

/// `text` (line ends are LF) is what `root` was read from.
YamlSource read_source(std::string_view text, const text::Node& root);

}  // namespace linkway::mapping
