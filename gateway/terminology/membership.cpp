// What a value set holds: one code asked about, or all of them in order.
#include <algorithm>

#include "filter.h"
#include "tables.h"

namespace linkway::terminology {

namespace {

Membership opposite(Membership membership) {
    return static_cast<Membership>(2 - static_cast<int>(membership));
}

Membership yes_or_no(bool yes) {
    return yes ? Membership::yes : Membership::no;
}

/// Of a selection that lists no codes: what its system and filters say.
Membership in_system(const Selection& selection, std::string_view code) {
    if (selection.unknown) {
        return Membership::unknown;
    }
    if (selection.code_system == nullptr ||
        (selection.filters.empty() && !selection.imports.empty())) {
        return Membership::yes;  // only its value sets decide
    }
    const CodeSystem& system = *selection.code_system;
    const auto found = system.find(code);
    if (!found) {
        return system.absent(code);
    }
    return yes_or_no(
        std::all_of(selection.filters.begin(), selection.filters.end(),
                    [&](const Filter& filter) { return passes(system, filter, *found); }));
}

Membership listed(const Selection& selection, const Key& key) {
    const bool fold = selection.code_system != nullptr && !selection.code_system->case_sensitive;
    const Key spelt{key.system, fold ? selection.code_system->spelling(key.code) : key.code};
    if (selection.members.contains(spelt)) {
        return Membership::yes;
    }
    return selection.unknown ? Membership::unknown : Membership::no;
}

Membership holds(const Selection& selection, const Key& key) {
    if (!selection.system.empty() && selection.system != key.system) {
        return Membership::no;
    }
    Membership result =
        selection.has_codes ? listed(selection, key) : in_system(selection, key.code);
    for (const Import& import : selection.imports) {
        if (result == Membership::no) {
            break;
        }
        result = std::min(result, import.set == nullptr ? Membership::unknown
                                                        : terminology::holds(*import.set, key));
    }
    return result;
}

Membership any_holds(const std::vector<Selection>& selections, const Key& key) {
    Membership result = Membership::no;
    for (const Selection& selection : selections) {
        result = std::max(result, holds(selection, key));
        if (result == Membership::yes) {
            break;
        }
    }
    return result;
}

/// Known to be inactive, as far as the code systems of the selections say.
bool is_inactive(const ValueSet& set, const Key& key) {
    return std::any_of(set.includes.begin(), set.includes.end(), [&](const Selection& selection) {
        if (selection.code_system == nullptr || selection.system != key.system) {
            return false;
        }
        const auto found = selection.code_system->find(key.code);
        return found && selection.code_system->entries[*found].inactive;
    });
}

/// Visits the codes that a value set may hold, selection by selection.
class Lister {
  public:
    /// False when the visitor has had enough or it took too many steps.
    using Visit = std::function<bool(const Coding&)>;

    text::Status list(const ValueSet& set, const Visit& visit);

  private:
    bool each(const ValueSet& set, const Visit& visit);
    bool each(const Selection& selection, const Visit& visit);
    bool consider(const Selection& selection, const Coding& coding, const Visit& visit);
    bool stop(std::string code, std::string message, std::string suggestion);

    static constexpr std::size_t most_steps = 20'000'000;
    std::size_t steps_ = 0;
    text::Status issue_;
};

bool Lister::stop(std::string code, std::string message, std::string suggestion) {
    issue_ = text::Issue{
        text::Severity::error, std::move(code), std::move(message), {}, std::move(suggestion)};
    return false;
}

text::Status Lister::list(const ValueSet& set, const Visit& visit) {
    each(set, visit);
    return issue_;
}

bool Lister::each(const ValueSet& set, const Visit& visit) {
    std::unordered_set<Key, KeyHash> seen;
    const Visit once = [&](const Coding& coding) {
        const Key key{coding.system, coding.code};
        if (seen.contains(key)) {
            return true;
        }
        const Membership excluded = any_holds(set.excludes, key);
        if (excluded == Membership::unknown) {
            return stop("incomplete", "it cannot be told what this value set leaves out",
                        "see what was said when it was loaded");
        }
        if (excluded == Membership::yes || (!set.with_inactive && is_inactive(set, key))) {
            return true;
        }
        seen.insert(key);
        return visit(coding);
    };
    return std::all_of(set.includes.begin(), set.includes.end(),
                       [&](const Selection& selection) { return each(selection, once); });
}

bool Lister::consider(const Selection& selection, const Coding& coding, const Visit& visit) {
    if (++steps_ > most_steps) {
        return stop("too-costly", "this value set takes too long to list",
                    "ask whether it holds a code instead");
    }
    const Membership member = holds(selection, {coding.system, coding.code});
    return member != Membership::yes || visit(coding);
}

bool Lister::each(const Selection& selection, const Visit& visit) {
    const bool lost = std::any_of(selection.imports.begin(), selection.imports.end(),
                                  [](const Import& import) { return import.set == nullptr; });
    if (selection.unknown || lost) {
        return stop("incomplete", "it cannot be told what this value set holds",
                    "see what was said when it was loaded");
    }
    if (selection.has_codes) {
        return std::all_of(
            selection.codes.begin(), selection.codes.end(),
            [&](const Listed& listed) { return consider(selection, listed.coding, visit); });
    }
    if (!selection.imports.empty()) {
        return each(*selection.imports.front().set,
                    [&](const Coding& coding) { return consider(selection, coding, visit); });
    }
    const CodeSystem& system = *selection.code_system;
    if (system.content != Content::complete && system.content != Content::edition) {
        return stop("incomplete", "only a part of " + std::string(system.url) + " is loaded",
                    "ask whether it holds a code instead");
    }
    return std::all_of(system.entries.begin(), system.entries.end(), [&](const Entry& entry) {
        return consider(selection, {selection.system, entry.code, entry.display}, visit);
    });
}

}  // namespace

Membership holds(const ValueSet& set, const Key& key) {
    const Membership included = any_holds(set.includes, key);
    if (included == Membership::no || (!set.with_inactive && is_inactive(set, key))) {
        return Membership::no;
    }
    return std::min(included, opposite(any_holds(set.excludes, key)));
}

text::Status each_member(const ValueSet& set, const std::function<bool(const Coding&)>& visit) {
    return Lister().list(set, visit);
}

}  // namespace linkway::terminology
