#include "hierarchy.h"

#include <algorithm>

namespace linkway::terminology {

namespace {

/// Walks from each concept up to those above it, without recursion: a release is as deep as it
/// likes.
class Walk {
  public:
    using Parents = std::span<const Ordinal>;

    /// Calls `parents(concept)`; appends each concept to `order` once all above it are there.
    /// Positions (in its parents) where a way leads back to itself go to `back`.
    template <class Of, class Back>
    void run(std::size_t concepts, const Of& parents, const Back& back,
             std::vector<Ordinal>& order) {
        states_.assign(concepts, State::unseen);
        for (Ordinal start = 0; start < concepts; ++start) {
            enter(start);
            while (!stack_.empty()) {
                Step& step = stack_.back();
                const Parents above = parents(step.at);
                if (step.next == above.size()) {
                    states_[step.at] = State::done;
                    order.push_back(step.at);
                    stack_.pop_back();
                    continue;
                }
                const Ordinal parent = above[step.next++];
                if (states_[parent] == State::open) {
                    back(step.at, step.next - 1);
                } else {
                    enter(parent);
                }
            }
        }
    }

  private:
    enum class State : std::uint8_t { unseen, open, done };
    struct Step {
        Ordinal at;
        std::size_t next;
    };

    void enter(Ordinal at) {
        if (states_[at] == State::unseen) {
            states_[at] = State::open;
            stack_.push_back({at, 0});
        }
    }

    std::vector<State> states_;
    std::vector<Step> stack_;
};

}  // namespace

std::vector<std::size_t> Hierarchy::list_parents(std::size_t concepts,
                                                 std::span<const Edge> edges) {
    parents_.ranges.assign(concepts, {});
    parents_.items.resize(edges.size());
    for (const Edge& edge : edges) {
        ++parents_.ranges[edge.child].size;
    }
    std::uint32_t from = 0;
    for (Lists::Range& range : parents_.ranges) {
        range.from = from;
        from += range.size;
        range.size = 0;
    }
    std::vector<std::size_t> edge_of(edges.size());
    for (std::size_t i = 0; i < edges.size(); ++i) {
        Lists::Range& range = parents_.ranges[edges[i].child];
        const std::uint32_t place = range.from + range.size++;
        parents_.items[place] = edges[i].parent;
        edge_of[place] = i;
    }
    return edge_of;
}

Hierarchy::Built Hierarchy::build(std::size_t concepts, std::span<const Edge> edges) {
    Built built;
    std::vector<Ordinal> parents_first;
    parents_first.reserve(concepts);
    const std::vector<std::size_t> edge_of = list_parents(concepts, edges);
    Walk().run(
        concepts, [&](Ordinal at) { return parents_.of(at); },
        [&](Ordinal at, std::size_t place) {
            built.circular.push_back(edge_of[parents_.ranges[at].from + place]);
        },
        parents_first);
    if (!built.circular.empty()) {
        // Without those edges the order found still has every parent before its children.
        std::sort(built.circular.begin(), built.circular.end());
        std::vector<Edge> sound;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            if (!std::binary_search(built.circular.begin(), built.circular.end(), i)) {
                sound.push_back(edges[i]);
            }
        }
        list_parents(concepts, sound);
    }
    built.too_large = !close(parents_first);
    return built;
}

bool Hierarchy::close(std::span<const Ordinal> parents_first) {
    ancestors_.ranges.assign(parents_first.size(), {});
    ancestors_.items.clear();
    std::vector<Ordinal> above;
    for (const Ordinal at : parents_first) {
        above.clear();
        for (const Ordinal parent : parents_.of(at)) {
            const auto further = ancestors_.of(parent);
            above.push_back(parent);
            above.insert(above.end(), further.begin(), further.end());
        }
        std::sort(above.begin(), above.end());
        above.erase(std::unique(above.begin(), above.end()), above.end());
        if (ancestors_.items.size() + above.size() > most_ancestors) {
            ancestors_ = {};
            return false;
        }
        ancestors_.ranges[at] = {static_cast<std::uint32_t>(ancestors_.items.size()),
                                 static_cast<std::uint32_t>(above.size())};
        ancestors_.items.insert(ancestors_.items.end(), above.begin(), above.end());
    }
    ancestors_.items.shrink_to_fit();
    return true;
}

bool Hierarchy::is_a(Ordinal below, Ordinal above) const {
    const auto ancestors = ancestors_.of(below);
    return below == above || std::binary_search(ancestors.begin(), ancestors.end(), above);
}

}  // namespace linkway::terminology
