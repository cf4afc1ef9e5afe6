// String functions (N1, section 5.6). Positions and lengths count code points.
#include <algorithm>

#include "builtins.h"
#include "items.h"
#include "unicode.h"

namespace linkway::fhirpath {

namespace {

/// Focus and first operand as text; `present` when both are there.
bool two_texts(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               bool& present, std::string_view& text, std::string_view& other) {
    bool has_text = false;
    bool has_other = false;
    if (!one_text(machine, step, focus, has_text, text) ||
        !one_text(machine, step, args[0], has_other, other)) {
        return false;
    }
    present = has_text && has_other;
    // Looking for one text in another may compare them at every place.
    return machine.charge(step, (text.size() * std::min(text.size(), other.size())) >> 12U);
}

template <bool Last>
bool index_of(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
              Collection& out) {
    bool present = false;
    std::string_view text;
    std::string_view part;
    if (!two_texts(machine, step, focus, args, present, text, part)) {
        return false;
    }
    if (present) {
        const std::size_t at = Last ? text.rfind(part) : text.find(part);
        machine.push_integer(out, at == std::string_view::npos
                                      ? -1
                                      : static_cast<std::int64_t>(code_points(text.substr(0, at))));
    }
    return true;
}

// Positions count characters as a person sees them in the text, so bytes are found by walking.
bool substring(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               Collection& out) {
    bool has_text = false;
    bool has_start = false;
    bool has_length = false;
    std::string_view text;
    std::int64_t start = 0;
    std::int64_t length = 0;
    if (!one_text(machine, step, focus, has_text, text) ||
        !one_integer(machine, step, args[0], has_start, start) ||
        (step.operands.size() > 1 && !one_integer(machine, step, args[1], has_length, length))) {
        return false;
    }
    if (!has_text || !has_start || start < 0) {
        return true;
    }
    const std::size_t from = byte_offset(text, static_cast<std::size_t>(start));
    if (from == text.size()) {
        return true;  // beyond the end: nothing, not ""
    }
    text.remove_prefix(from);
    if (has_length) {
        text = text.substr(
            0, byte_offset(text, static_cast<std::size_t>(std::max<std::int64_t>(length, 0))));
    }
    machine.push(out, Value::of_string(text));
    return true;
}

enum class Place : std::uint8_t { start, end, anywhere };

template <Place Where>
bool holds_text(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
                Collection& out) {
    bool present = false;
    std::string_view text;
    std::string_view part;
    if (!two_texts(machine, step, focus, args, present, text, part)) {
        return false;
    }
    if (present) {
        machine.push_boolean(out, Where == Place::start ? text.starts_with(part)
                                  : Where == Place::end ? text.ends_with(part)
                                                        : text.find(part) != text.npos);
    }
    return true;
}

// Letters whose case has another length in bytes make this a copy in any event.
template <bool Upper>
bool change_case(Machine& machine, const Step& step, const Collection& focus, const Collection*,
                 Collection& out) {
    bool present = false;
    std::string_view text;
    if (!one_text(machine, step, focus, present, text)) {
        return false;
    }
    if (!present) {
        return true;
    }
    std::string changed;
    changed.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t code = next_code_point(text, at);
        append_utf8(changed, Upper ? to_upper(code) : to_lower(code));
    }
    return machine.push_text(step, out, ValueKind::string, changed);
}

bool replace(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
             Collection& out) {
    bool present = false;
    bool has_substitute = false;
    std::string_view text;
    std::string_view pattern;
    std::string_view substitute;
    if (!two_texts(machine, step, focus, args, present, text, pattern) ||
        !one_text(machine, step, args[1], has_substitute, substitute)) {
        return false;
    }
    if (!present || !has_substitute) {
        return true;
    }
    std::string result;
    std::size_t at = 0;
    while (at <= text.size() && result.size() <= max_text_bytes) {
        // An empty pattern stands before every character and at the end.
        const std::size_t found = pattern.empty() ? at : text.find(pattern, at);
        if (found == std::string_view::npos) {
            break;
        }
        result.append(text.substr(at, found - at)).append(substitute);
        at = found + pattern.size();
        if (pattern.empty()) {
            const std::size_t next = std::min(at + byte_offset(text.substr(at), 1), text.size());
            result.append(text.substr(at, next - at));
            at = next == at ? text.size() + 1 : next;
        }
    }
    if (at < text.size()) {
        result.append(text.substr(at));
    }
    return machine.push_text(step, out, ValueKind::string, result);
}

bool length(Machine& machine, const Step& step, const Collection& focus, const Collection*,
            Collection& out) {
    bool present = false;
    std::string_view text;
    if (!one_text(machine, step, focus, present, text)) {
        return false;
    }
    if (present) {
        machine.push_integer(out, static_cast<std::int64_t>(code_points(text)));
    }
    return true;
}

bool to_chars(Machine& machine, const Step& step, const Collection& focus, const Collection*,
              Collection& out) {
    bool present = false;
    std::string_view text;
    if (!one_text(machine, step, focus, present, text)) {
        return false;
    }
    if (!machine.charge(step, text.size())) {
        return false;
    }
    while (!text.empty()) {
        const std::size_t size = byte_offset(text, 1);
        machine.push(out, Value::of_string(text.substr(0, size)));
        text.remove_prefix(size);
        if (out.size() > max_items) {
            return machine.fail(step, "the text has too many characters", "too-costly");
        }
    }
    return true;
}

// One walk from the front finds both ends: blanks of Unicode have up to three bytes and cannot be
// seen from behind.
bool trim(Machine& machine, const Step& step, const Collection& focus, const Collection*,
          Collection& out) {
    bool present = false;
    std::string_view text;
    if (!one_text(machine, step, focus, present, text)) {
        return false;
    }
    if (!present) {
        return true;
    }
    const auto is_ink = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!text.empty() && is_ink(text.front()) && is_ink(text.back())) {
        machine.push(out, Value::of_string(text));  // nearly every cell
        return true;
    }
    std::size_t first = text.size();
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (!is_space(next_code_point(text, at))) {
            first = std::min(first, start);
            end = at;
        }
    }
    machine.push(out, Value::of_string(end == 0 ? "" : text.substr(first, end - first)));
    return true;
}

bool split(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
           Collection& out) {
    bool present = false;
    std::string_view text;
    std::string_view separator;
    if (!two_texts(machine, step, focus, args, present, text, separator)) {
        return false;
    }
    if (present && separator.empty()) {
        return to_chars(machine, step, focus, nullptr, out);
    }
    for (std::size_t at = 0; present;) {
        const std::size_t found = text.find(separator, at);
        machine.push(out, Value::of_string(text.substr(at, found - at)));
        if (found == std::string_view::npos) {
            break;
        }
        if (!machine.charge(step, 1)) {
            return false;
        }
        if (out.size() > max_items) {
            return machine.fail(step, "the text has too many parts", "too-costly");
        }
        at = found + separator.size();
    }
    return true;
}

bool join(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
          Collection& out) {
    std::string_view separator;
    if (!step.operands.empty() && !text_or_nothing(machine, step, args[0], separator)) {
        return false;
    }
    if (focus.empty()) {
        return true;
    }
    std::string joined;
    for (std::size_t i = 0; i < focus.size(); ++i) {
        bool present = false;
        std::string_view text;
        if (!one_text(machine, step, Collection(focus[i]), present, text)) {
            return false;
        }
        joined.append(i == 0 ? "" : separator).append(text);
        if (joined.size() > max_text_bytes) {
            break;  // push_text says so
        }
    }
    return machine.push_text(step, out, ValueKind::string, joined);
}

}  // namespace

std::vector<BuiltIn> text_functions() {
    return {
        {"indexOf", 1, "s", Takes::text, Yields::integer, index_of<false>},
        {"lastIndexOf", 1, "s", Takes::text, Yields::integer, index_of<true>},
        {"substring", 1, "ii", Takes::text, Yields::string, substring},
        {"startsWith", 1, "s", Takes::text, Yields::boolean, holds_text<Place::start>},
        {"endsWith", 1, "s", Takes::text, Yields::boolean, holds_text<Place::end>},
        {"contains", 1, "s", Takes::text, Yields::boolean, holds_text<Place::anywhere>},
        {"upper", 0, "", Takes::text, Yields::string, change_case<true>},
        {"lower", 0, "", Takes::text, Yields::string, change_case<false>},
        {"replace", 2, "ss", Takes::text, Yields::string, replace},
        {"length", 0, "", Takes::text, Yields::integer, length},
        {"toChars", 0, "", Takes::text, Yields::strings, to_chars},
        {"trim", 0, "", Takes::text, Yields::string, trim},
        {"split", 1, "s", Takes::text, Yields::strings, split},
        {"join", 0, "s", Takes::text, Yields::string, join},
    };
}

}  // namespace linkway::fhirpath
