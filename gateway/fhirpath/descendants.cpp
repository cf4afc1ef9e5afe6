// descendants(), with the ofType() that nearly always stands behind it: what that would leave out
// is passed over as JSON and never becomes an item.
#include "builtins.h"
#include "navigate.h"
#include "types.h"

namespace linkway::fhirpath {

namespace {

/// Has a node's items or members, of which it knows the place, brought near.
void bring_near(const text::Node& node) {
    __builtin_prefetch(node.is_array() ? static_cast<const void*>(node.items.begin())
                                       : node.members.begin());
}

/// What has children still to be seen: an object and the type its members belong to, or a record.
struct Unopened {
    const text::Node* object = nullptr;
    const fhir::TypeDefinition* type = nullptr;
    const Record* record = nullptr;
};

/// One level after another.
class Descent {
  public:
    Descent(std::pmr::memory_resource& arena, const TypeQuery* query, Collection& out)
        : arena_(arena), query_(query), out_(out), queue_(&arena) {}

    /// An item whose children are wanted.
    void enter(const Value& item) {
        if (item.kind == ValueKind::record) {
            queue_.push_back({nullptr, nullptr, item.record});
        } else if (const text::Node* object = object_of(item)) {
            bring_near(*object);
            queue_.push_back({object, type_of_members(item), nullptr});
        }
    }

    bool done() const { return next_ == queue_.size(); }

    /// Takes the first of the queue; gives the number of its children.
    std::size_t open() {
        const Unopened parent = queue_[next_++];
        const std::size_t before = found_;
        if (parent.record != nullptr) {
            Collection fields;
            append_all_children(Value::of_record(*parent.record), fields, arena_);
            for (const Value& item : fields) {
                add(item);
            }
        } else {
            each_child(*parent.object, parent.type,
                       [this](const text::Node* node, const text::Node* extra,
                              const fhir::TypeDefinition* type) { add(node, extra, type); });
        }
        return found_ - before;
    }

    std::size_t found() const { return found_; }

  private:
    void add(const Value& item) {
        ++found_;
        enter(item);
        if (query_ == nullptr || converts_to_type(item, *query_)) {
            out_.push_back(item, arena_);
        }
    }

    void add(const text::Node* node, const text::Node* extra, const fhir::TypeDefinition* type) {
        const bool object = node != nullptr && node->is_object();
        type = object ? actual_type(*node, type) : type;
        if (query_ != nullptr && type != nullptr && !converts_to_type(*type, *query_)) {
            ++found_;
            if (object) {
                bring_near(*node);
                queue_.push_back({node, members_of(type), nullptr});
            } else if (extra != nullptr) {
                queue_.push_back({extra, element_type(), nullptr});
            }
            return;
        }
        Collection one;
        append_one(node, extra, type, one, arena_);
        add(one[0]);
    }

    std::pmr::memory_resource& arena_;
    const TypeQuery* query_;
    Collection& out_;
    std::pmr::vector<Unopened> queue_;
    std::size_t next_ = 0;
    std::size_t found_ = 0;
};

bool descend(Machine& machine, const Step& step, Descent& descent) {
    while (!descent.done()) {
        const std::size_t children = descent.open();
        if (descent.found() > max_items) {
            return machine.too_many(step);
        }
        if (!machine.charge(step, children + 1)) {
            return false;
        }
    }
    return true;
}

}  // namespace

Walk::Walk(const Value& resource) : resource_(resource) {
    if (resource.kind != ValueKind::node || resource.node == nullptr) {
        return;
    }
    const text::Members& members = resource.node->members;
    for (const text::Member& member : members) {
        __builtin_prefetch(&member);
        __builtin_prefetch(&member + 1);
    }
    for (const text::Member& member : members) {
        bring_near(member.value);
    }
}

/// What a Walk has kept, or keeps now.
class Descendants {
  public:
    /// Null when the machine holds an issue.
    static const std::vector<Value>* of(Machine& machine, const Step& step, Walk& walk) {
        if (walk.known_) {
            return machine.charge(step, 1 + walk.found_.size() / 8) ? &walk.found_ : nullptr;
        }
        Collection found;
        Descent descent(machine.arena(), nullptr, found);
        descent.enter(walk.resource_);
        if (!descend(machine, step, descent)) {
            return nullptr;
        }
        walk.found_.assign(found.begin(), found.end());
        walk.known_ = true;
        return &walk.found_;
    }
};

// Rows whose keys go in circles end at the limit of items.
bool descendants(Machine& machine, const Step& step, const Collection& focus, const Collection*,
                 Collection& out) {
    const TypeQuery* query = step.more ? &step.more->query : nullptr;
    Walk* walk = machine.runtime().walk;
    if (walk != nullptr && focus.size() == 1 && focus[0].kind == ValueKind::node &&
        focus[0].node == walk->resource().node) {
        const std::vector<Value>* known = Descendants::of(machine, step, *walk);
        if (known != nullptr && query == nullptr) {
            out = Collection::view(known->data(), known->size());
        }
        for (std::size_t i = 0; known != nullptr && query != nullptr && i < known->size(); ++i) {
            const Value& item = (*known)[i];
            if (converts_to_type(item, *query)) {
                out.push_back(item, machine.arena());
            }
        }
        return known != nullptr;
    }
    Descent descent(machine.arena(), query, out);
    for (const Value& item : focus) {
        descent.enter(item);
    }
    return descend(machine, step, descent);
}

}  // namespace linkway::fhirpath
