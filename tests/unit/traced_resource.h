// A resource put together again from the steps of its trace, to be compared with what came out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catch.h"
#include "mapping/trace.h"
#include "text/node.h"

namespace traced {

using Leaves = std::map<std::string, std::string>;  // by path with indices: JSON of the value

inline void add(const std::string& path, const linkway::text::Node& node, Leaves& leaves) {
    for (const auto& member : node.members) {
        add(path + "." + std::string(member.name), member.value, leaves);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        add(path + "[" + std::to_string(i) + "]", node.items[i], leaves);
    }
    if (!node.is_object() && !node.is_array()) {
        std::string json;
        linkway::text::append_json(json, node);
        leaves[path] = json;
    }
}

inline Leaves leaves(const std::string& resource) {
    Leaves result;
    const auto parsed = linkway::text::parse_json(resource, "resource");
    REQUIRE(parsed);
    add(std::string(parsed->root().string_or("resourceType", "")), parsed->root(), result);
    return result;
}

inline Leaves leaves(const std::vector<linkway::mapping::TracedStep>& steps) {
    Leaves result;
    for (const auto& step : steps) {
        if (step.written.empty() || step.replaced || step.field.front() == '%') {
            continue;
        }
        INFO(step.field << " = " << step.written);
        const auto parsed = linkway::text::parse_json(step.written, "step");
        REQUIRE(parsed);
        add(step.field, parsed->root(), result);
    }
    return result;
}

}  // namespace traced
