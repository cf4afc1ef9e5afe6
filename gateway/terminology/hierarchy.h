// Which concepts stand above which, worked out once so that asking is a binary search.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace linkway::terminology {

/// A concept's place in its code system.
using Ordinal = std::uint32_t;

struct Edge {
    Ordinal child;
    Ordinal parent;
};

/// The ancestors of every concept (a transitive closure): those of SNOMED CT have some fifteen
/// each, so the whole takes less room than their names. Immutable once built.
class Hierarchy {
  public:
    struct Built {
        std::vector<std::size_t> circular;  ///< edges left out: each would have closed a circle
        bool too_large = false;             ///< beyond the limit; no concept has ancestors then
    };
    Built build(std::size_t concepts, std::span<const Edge> edges);

    /// Whether `below` is `above` or one of its descendants.
    bool is_a(Ordinal below, Ordinal above) const;
    std::span<const Ordinal> parents(Ordinal of) const { return parents_.of(of); }

    /// Most ancestors that all concepts together may have: 512 MiB of them.
    static constexpr std::size_t most_ancestors = std::size_t{1} << 27;

  private:
    /// A list for each concept, all of them in one array.
    struct Lists {
        struct Range {
            std::uint32_t from = 0;
            std::uint32_t size = 0;
        };
        std::vector<Range> ranges;
        std::vector<Ordinal> items;

        std::span<const Ordinal> of(Ordinal ordinal) const {
            const Range range = ordinal < ranges.size() ? ranges[ordinal] : Range();
            return std::span(items).subspan(range.from, range.size);
        }
    };

    /// Lists the parents of each concept; returns the edge behind each of them.
    std::vector<std::size_t> list_parents(std::size_t concepts, std::span<const Edge> edges);
    bool close(std::span<const Ordinal> parents_first);

    Lists parents_;
    Lists ancestors_;  ///< each list in ascending order
};

}  // namespace linkway::terminology
