// Equality, equivalence and order. FHIRPath knows three answers: two dates of different precision
// may be neither equal nor different, and then the operator gives nothing. FHIR quantities are read
// as System quantities first, so that an element can be compared with a literal.
#include "compare.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "navigate.h"
#include "unicode.h"
#include "units.h"

namespace linkway::fhirpath {

namespace {

bool is_number(ValueKind kind) {
    return kind == ValueKind::integer || kind == ValueKind::decimal;
}

bool is_date(ValueKind kind) {
    return kind == ValueKind::date || kind == ValueKind::date_time;
}

Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}

/// False when there is not so much left.
bool pay(Steps& steps, std::size_t amount) {
    const bool enough = amount <= steps;
    steps = enough ? steps - static_cast<Steps>(amount) : 0;
    return enough;
}

bool same_text(std::string_view a, std::string_view b, Steps& steps) {
    return a.size() == b.size() && pay(steps, a.size() >> 10U) && a == b;
}

bool same_json(const text::Node& a, const text::Node& b, Steps& steps);

/// The member of that name, first looked for at the place it has in the other object.
const text::Node* member_at(const text::Node& object, std::string_view name, std::size_t place,
                            Steps& steps) {
    if (place < object.members.size() && object.members[place].name == name) {
        return &object.members[place].value;
    }
    return pay(steps, object.members.size() >> 3U) ? object.find(name) : nullptr;
}

bool same_members(const text::Node& a, const text::Node& b, Steps& steps) {
    if (a.members.size() != b.members.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.members.size(); ++i) {
        const text::Node* other = member_at(b, a.members[i].name, i, steps);
        if (other == nullptr || !same_json(a.members[i].value, *other, steps)) {
            return false;
        }
    }
    return true;
}

/// Two JSON values with the same content: members in any order, numbers by value.
/// FHIR gives no meaning to the order of an object's members, and 1.0 and 1.00 are equal numbers.
bool same_json(const text::Node& a, const text::Node& b, Steps& steps) {
    if (a.kind != b.kind || !pay(steps, 1)) {
        return false;
    }
    if (a.kind == text::NodeKind::array) {
        return std::equal(
            a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
            [&steps](const text::Node& x, const text::Node& y) { return same_json(x, y, steps); });
    }
    if (a.is_object()) {
        return same_members(a, b, steps);
    }
    if (a.kind == text::NodeKind::number && a.text != b.text) {
        const auto x = Decimal::parse(a.text);
        const auto y = Decimal::parse(b.text);
        return x && y && Decimal::compare(*x, *y) == 0;
    }
    return same_text(a.text, b.text, steps);
}

/// The same fields with the same values; records that a row leads to are not followed, because
/// foreign keys may go in circles.
/// Rows made anew for the same line are equal; what they lead to is not compared, see above.
bool same_record(const Record& a, const Record& b, Steps& steps) {
    if (&a == &b) {
        return true;
    }
    if (&a.type() != &b.type()) {
        return false;
    }
    std::pmr::monotonic_buffer_resource arena;
    const auto& fields = a.type().fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        Collection x;
        Collection y;
        if (fields[i].kind == ValueKind::record) {
            continue;
        }
        a.field(i, x, arena);
        b.field(i, y, arena);
        if (x.size() != y.size() || (!x.empty() && equal_collections(x, y, steps) != Truth::yes)) {
            return false;
        }
    }
    return true;
}

Truth equal_moments(const Value& a, const Value& b) {
    if (a.text == b.text) {
        return Truth::yes;
    }
    const auto x = moment_of(a);
    const auto y = moment_of(b);
    const auto order = x && y ? compare(*x, *y) : std::nullopt;
    return order ? truth(*order == 0) : Truth::unknown;
}

/// The amounts of two quantities in one unit, or nothing when there is none.
std::optional<std::pair<Decimal, Decimal>> in_one_unit(const Value& a, const Value& b,
                                                       bool equivalence) {
    const auto x = number_of(a);
    const auto y = number_of(b);
    const auto unit = common_unit(a.unit, b.unit, equivalence);
    const auto first = x && unit ? Decimal::multiply(*x, unit->first) : std::nullopt;
    const auto second = y && unit ? Decimal::multiply(*y, unit->second) : std::nullopt;
    return first && second ? std::optional(std::pair(*first, *second)) : std::nullopt;
}

std::optional<int> order_quantities(const Value& a, const Value& b) {
    const auto amounts = in_one_unit(a, b, false);
    return amounts ? std::optional(Decimal::compare(amounts->first, amounts->second))
                   : std::nullopt;
}

Value as_quantity(const Value& value) {
    Value quantity = value;
    if (is_number(value.kind)) {
        quantity.unit = "1";
    }
    return quantity;
}

/// Case folded, runs of blanks as one.
std::string normalised(std::string_view text) {
    std::string out;
    bool blank = true;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t code = next_code_point(text, at);
        const bool space = is_space(code);
        if (space && !blank) {
            out += ' ';
        } else if (!space) {
            append_utf8(out, to_lower(code));
        }
        blank = space;
    }
    if (!out.empty() && out.back() == ' ') {
        out.pop_back();
    }
    return out;
}

/// Equal when both are rounded to the places of the less precise.
bool equivalent_numbers(const Decimal& a, const Decimal& b) {
    const int places = std::min(a.trimmed().scale(), b.trimmed().scale());
    return Decimal::compare(a.rounded(places), b.rounded(places)) == 0;
}

bool equivalent_quantities(const Value& a, const Value& b) {
    const auto amounts = in_one_unit(a, b, true);
    return amounts && equivalent_numbers(amounts->first, amounts->second);
}

/// `~` of complex values: the same children in any order.
bool equivalent_nodes(const Value& a, const Value& b, Steps& steps) {
    if (a.type != b.type) {
        return false;
    }
    std::pmr::monotonic_buffer_resource arena;
    Collection x;
    Collection y;
    append_all_children(a, x, arena);
    append_all_children(b, y, arena);
    if (!pay(steps, x.size() + y.size())) {
        return false;
    }
    if (x.empty() && y.empty()) {
        return a.node != nullptr && b.node != nullptr && same_json(*a.node, *b.node, steps);
    }
    return equivalent_collections(x, y, steps);
}

bool quantity_involved(const Value& a, const Value& b) {
    const auto fits = [](ValueKind kind) { return kind == ValueKind::quantity || is_number(kind); };
    return (a.kind == ValueKind::quantity || b.kind == ValueKind::quantity) && fits(a.kind) &&
           fits(b.kind);
}

}  // namespace

std::optional<Decimal> in_unit(const Value& quantity, std::string_view unit) {
    const auto number = number_of(quantity);
    const auto common = common_unit(quantity.unit, unit, false);
    const auto scaled = number && common ? Decimal::multiply(*number, common->first) : std::nullopt;
    return scaled ? Decimal::divide(*scaled, common->second) : std::nullopt;
}

std::optional<Decimal> number_of(const Value& value) {
    switch (value.kind) {
        case ValueKind::integer:
            return Decimal::of(value.integer);
        case ValueKind::decimal:
        case ValueKind::quantity:
            return Decimal::parse(value.text);
        default:
            return std::nullopt;
    }
}

std::optional<Moment> moment_of(const Value& value) {
    switch (value.kind) {
        case ValueKind::date:
            return parse_date(value.text);
        case ValueKind::date_time:
            return parse_date_time(value.text);
        case ValueKind::time:
            return parse_time(value.text);
        default:
            return std::nullopt;
    }
}

Truth equal_items(const Value& left, const Value& right, Steps& steps) {
    // Text and integers are what most conditions compare: they are answered before anything is
    // copied.
    if (left.kind == ValueKind::string && right.kind == ValueKind::string) {
        return truth(same_text(left.text, right.text, steps));
    }
    if (left.kind == ValueKind::integer && right.kind == ValueKind::integer) {
        return truth(left.integer == right.integer);
    }
    const Value a = to_system(left);
    const Value b = to_system(right);
    if (is_number(a.kind) && is_number(b.kind)) {
        const auto x = number_of(a);
        const auto y = number_of(b);
        return x && y ? truth(Decimal::compare(*x, *y) == 0) : truth(a.text == b.text);
    }
    if (quantity_involved(a, b)) {
        const auto order = order_quantities(as_quantity(a), as_quantity(b));
        return order ? truth(*order == 0) : Truth::unknown;
    }
    if ((is_date(a.kind) && is_date(b.kind)) ||
        (a.kind == ValueKind::time && b.kind == ValueKind::time)) {
        return equal_moments(a, b);
    }
    if (a.kind != b.kind) {
        return Truth::no;
    }
    if (a.kind == ValueKind::boolean) {
        return truth(a.boolean == b.boolean);
    }
    if (a.kind == ValueKind::record) {
        return truth(same_record(*a.record, *b.record, steps));
    }
    return truth(a.node == b.node ||
                 (a.node != nullptr && b.node != nullptr && same_json(*a.node, *b.node, steps)));
}

bool equivalent_items(const Value& left, const Value& right, Steps& steps) {
    if (!pay(steps, 1 + ((left.text.size() + right.text.size()) >> 6U))) {
        return false;
    }
    const Value a = to_system(left);
    const Value b = to_system(right);
    if (a.kind == ValueKind::string && b.kind == ValueKind::string) {
        return normalised(a.text) == normalised(b.text);
    }
    if (is_number(a.kind) && is_number(b.kind)) {
        const auto x = number_of(a);
        const auto y = number_of(b);
        return x && y && equivalent_numbers(*x, *y);
    }
    if (quantity_involved(a, b)) {
        return equivalent_quantities(as_quantity(a), as_quantity(b));
    }
    if ((is_date(a.kind) && is_date(b.kind)) ||
        (a.kind == ValueKind::time && b.kind == ValueKind::time)) {
        const auto x = moment_of(a);
        const auto y = moment_of(b);
        return x && y && equivalent(*x, *y);
    }
    if (a.kind == ValueKind::node && b.kind == ValueKind::node) {
        return equivalent_nodes(a, b, steps);
    }
    return equal_items(a, b, steps) == Truth::yes;
}

Truth equal_collections(const Collection& a, const Collection& b, Steps& steps) {
    if (a.size() != b.size()) {
        return Truth::no;
    }
    Truth result = Truth::yes;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Truth each = equal_items(a[i], b[i], steps);
        if (each == Truth::no) {
            return Truth::no;
        }
        result = each == Truth::unknown ? Truth::unknown : result;
    }
    return result;
}

// Each item must find a partner of its own, so a repeated item needs a repeated partner.
bool equivalent_collections(const Collection& a, const Collection& b, Steps& steps) {
    if (a.size() != b.size()) {
        return false;
    }
    std::vector<bool> used(b.size(), false);
    for (const Value& item : a) {
        std::size_t i = 0;
        while (i < b.size() && (used[i] || !equivalent_items(item, b[i], steps))) {
            ++i;
        }
        if (i == b.size() || !pay(steps, i >> 6U)) {
            return false;
        }
        used[i] = true;
    }
    return true;
}

namespace {

Order to_order(std::optional<int> sign) {
    if (!sign) {
        return Order::unknown;
    }
    return *sign < 0 ? Order::less : *sign > 0 ? Order::greater : Order::same;
}

Order order_moments(const Value& a, const Value& b) {
    const auto x = moment_of(a);
    const auto y = moment_of(b);
    return to_order(x && y ? compare(*x, *y) : std::nullopt);
}

}  // namespace

Order order_items(const Value& left, const Value& right) {
    if (left.kind == ValueKind::integer && right.kind == ValueKind::integer) {
        return to_order(left.integer < right.integer ? -1 : left.integer > right.integer ? 1 : 0);
    }
    if (left.kind == ValueKind::string && right.kind == ValueKind::string) {
        return to_order(left.text.compare(right.text));
    }
    if (left.kind == ValueKind::date && right.kind == ValueKind::date) {
        return order_moments(left, right);
    }
    const Value a = to_system(left);
    const Value b = to_system(right);
    if (is_number(a.kind) && is_number(b.kind)) {
        const auto x = number_of(a);
        const auto y = number_of(b);
        return to_order(x && y ? std::optional(Decimal::compare(*x, *y)) : std::nullopt);
    }
    if (quantity_involved(a, b)) {
        return to_order(order_quantities(as_quantity(a), as_quantity(b)));
    }
    if ((is_date(a.kind) && is_date(b.kind)) ||
        (a.kind == ValueKind::time && b.kind == ValueKind::time)) {
        return order_moments(a, b);
    }
    return Order::incomparable;
}

}  // namespace linkway::fhirpath
