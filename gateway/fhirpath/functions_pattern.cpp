// matches() and its kin. RE2 runs in time linear in the text whatever the pattern, so neither a
// mapping nor a message can stop the gateway with one.
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "builtins.h"
#include "items.h"
#include "unicode.h"

namespace linkway::fhirpath {

namespace {

/// FHIRPath: the dot matches line ends too, case counts, and matching is by code point.
std::shared_ptr<const re2::RE2> compile(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_max_mem(std::int64_t{8} << 20);
    return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()),
                                            options);
}

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

/// The literal's own, or one compiled for this call.
std::shared_ptr<const re2::RE2> pattern_of(Machine& machine, const Step& step,
                                           std::string_view pattern) {
    if (step.more && step.more->prepared) {
        return std::static_pointer_cast<const re2::RE2>(step.more->prepared);
    }
    // Compiling costs about as much as visiting this many steps.
    if (!machine.charge(step, 200 + pattern.size())) {
        return nullptr;
    }
    auto compiled = compile(pattern);
    if (!machine.charge(step, static_cast<std::size_t>(std::max(0, compiled->ProgramSize())))) {
        return nullptr;
    }
    if (!compiled->ok()) {
        machine.fail(step, step.expr->name + " was given a pattern that is no regular expression");
        return nullptr;
    }
    return compiled;
}

/// RE2 looks at each byte once, or, when its automaton grows too large, once for each of the
/// pattern's instructions. Patterns pay for some of what they may cost.
bool charge_match(Machine& machine, const Step& step, std::size_t bytes, const re2::RE2& pattern) {
    const std::size_t weight = 1 + static_cast<std::size_t>(pattern.ProgramSize()) / 16;
    return machine.charge(step, (bytes * weight) >> 6U);
}

template <bool Full>
bool matches(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
             Collection& out) {
    bool has_text = false;
    bool has_pattern = false;
    std::string_view text;
    std::string_view pattern;
    if (!one_text(machine, step, focus, has_text, text) ||
        !one_text(machine, step, args[0], has_pattern, pattern)) {
        return false;
    }
    if (!has_text || !has_pattern) {
        return true;
    }
    const auto compiled = pattern_of(machine, step, pattern);
    if (compiled == nullptr || !charge_match(machine, step, text.size(), *compiled)) {
        return false;
    }
    machine.push_boolean(out, Full ? re2::RE2::FullMatch(piece(text), *compiled)
                                   : re2::RE2::PartialMatch(piece(text), *compiled));
    return true;
}

/// FHIRPath writes groups as $1 or ${name}, RE2 as \1. A dollar sign before anything else stands
/// for itself.
std::string rewrite_of(std::string_view substitution, const re2::RE2& pattern) {
    std::string rewritten;
    for (std::size_t i = 0; i < substitution.size(); ++i) {
        const char c = substitution[i];
        const char next = i + 1 < substitution.size() ? substitution[i + 1] : '\0';
        if (c == '\\') {
            rewritten += "\\\\";
        } else if (c == '$' && next >= '0' && next <= '9') {
            rewritten += '\\';
        } else if (c == '$' && next == '{') {
            const std::size_t close = substitution.find('}', i);
            const auto& groups = pattern.NamedCapturingGroups();
            const auto found =
                close == std::string_view::npos
                    ? groups.end()
                    : groups.find(std::string(substitution.substr(i + 2, close - i - 2)));
            if (found == groups.end() || found->second > 9) {
                rewritten += c;
                continue;
            }
            rewritten += '\\' + std::to_string(found->second);
            i = close;
        } else {
            rewritten += c;
        }
    }
    return rewritten;
}

/// Replaces every match, as RE2::GlobalReplace does: an empty match counts unless another ended
/// just there. A search may read the rest of the text each time, so each pays for it.
bool replace_all(Machine& machine, const Step& step, std::string_view text, const re2::RE2& pattern,
                 const std::string& rewrite, std::string& result) {
    std::array<re2::StringPiece, 10> groups;
    const int count =
        std::min(static_cast<int>(groups.size()), 1 + pattern.NumberOfCapturingGroups());
    std::size_t at = 0;
    std::size_t kept = 0;  // end of the last match
    bool matched = false;
    while (at <= text.size() && result.size() <= max_text_bytes) {
        if (!charge_match(machine, step, text.size() - at + 64, pattern)) {
            return false;
        }
        if (!pattern.Match(piece(text), at, text.size(), re2::RE2::UNANCHORED, groups.data(),
                           count)) {
            break;
        }
        const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
        if (matched && groups[0].empty() && begin == kept) {
            at += std::max<std::size_t>(1, byte_offset(text.substr(at), 1));
            continue;
        }
        result.append(text, kept, begin - kept);
        pattern.Rewrite(&result, rewrite, groups.data(), count);
        matched = true;
        kept = begin + groups[0].size();
        at = kept;
    }
    result.append(text, kept);
    return true;
}

bool replace_matches(Machine& machine, const Step& step, const Collection& focus,
                     const Collection* args, Collection& out) {
    bool has_text = false;
    bool has_pattern = false;
    bool has_substitution = false;
    std::string_view text;
    std::string_view pattern;
    std::string_view substitution;
    if (!one_text(machine, step, focus, has_text, text) ||
        !one_text(machine, step, args[0], has_pattern, pattern) ||
        !one_text(machine, step, args[1], has_substitution, substitution)) {
        return false;
    }
    if (!has_text || !has_pattern || !has_substitution) {
        return true;
    }
    const auto compiled = pattern_of(machine, step, pattern);
    if (compiled == nullptr) {
        return false;
    }
    std::string why;
    const std::string rewrite = rewrite_of(substitution, *compiled);
    if (pattern.empty() || !compiled->CheckRewriteString(rewrite, &why)) {
        return machine.push_text(step, out, ValueKind::string, text);
    }
    std::string result;
    if (!replace_all(machine, step, text, *compiled, rewrite, result)) {
        return false;
    }
    return machine.push_text(step, out, ValueKind::string, result);
}

}  // namespace

std::shared_ptr<const void> prepare_pattern(std::string_view function, std::string_view pattern,
                                            std::string& mistake) {
    if (function != "matches" && function != "matchesFull" && function != "replaceMatches") {
        return nullptr;
    }
    auto compiled = compile(pattern);
    if (!compiled->ok()) {
        mistake = compiled->error();
        return nullptr;
    }
    return compiled;
}

std::vector<BuiltIn> pattern_functions() {
    return {
        {"matches", 1, "s", Takes::text, Yields::boolean, matches<false>},
        {"matchesFull", 1, "s", Takes::text, Yields::boolean, matches<true>},
        {"replaceMatches", 2, "ss", Takes::text, Yields::string, replace_matches},
    };
}

}  // namespace linkway::fhirpath
