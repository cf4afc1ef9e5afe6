// Fixed point in 128 bits. 28 digits fit with ten to spare, and those ten are what addition and
// division use to round correctly; a double would make 0.1 + 0.2 differ from 0.3, which no one who
// reads a mapping expects.
#include "decimal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace linkway::fhirpath {

namespace {

constexpr int max_digits = 28;

/// 10^n for 0 <= n <= 38.
Int128 power_of_ten(int n) {
    static const auto table = [] {
        std::array<Int128, 39> powers{};
        Int128 value = 1;
        for (auto& power : powers) {
            power = value;
            value = &power == &powers.back() ? value : value * 10;
        }
        return powers;
    }();
    return table.at(static_cast<std::size_t>(n));
}

Int128 absolute(Int128 value) {
    return value < 0 ? -value : value;
}

int digits_of(Int128 value) {
    int digits = 1;
    for (value = absolute(value); value >= 10; value /= 10) {
        ++digits;
    }
    return digits;
}

/// value / 10^n, half away from zero.
Int128 drop_digits(Int128 value, int n) {
    if (n <= 0) {
        return value;
    }
    if (n > 38) {
        return 0;
    }
    const Int128 divisor = power_of_ten(n);
    const Int128 rest = absolute(value % divisor);
    const Int128 whole = value / divisor;
    return rest >= divisor - rest ? whole + (value < 0 ? -1 : 1) : whole;
}

}  // namespace

// Every operation ends here: too many places are rounded away, too many whole digits are no number
// at all.
std::optional<Decimal> Decimal::fit(Int128 units, int scale) {
    const int surplus = std::max(digits_of(units) - max_digits, scale - max_digits);
    if (surplus > 0) {
        const int dropped = std::min(surplus, std::max(scale, 0));
        units = drop_digits(units, dropped);
        scale -= dropped;
    }
    if (scale < 0) {
        if (units != 0 && digits_of(units) - scale > max_digits) {
            return std::nullopt;
        }
        units = units == 0 ? 0 : units * power_of_ten(-scale);
        scale = 0;
    }
    // Rounding up 999...9 may have made one digit more.
    if (digits_of(units) > max_digits) {
        if (scale == 0) {
            return std::nullopt;
        }
        units = drop_digits(units, 1);
        --scale;
    }
    Decimal result;
    result.units_ = units;
    result.scale_ = scale;
    return result;
}

Decimal Decimal::of(std::int64_t value) {
    Decimal result;
    result.units_ = value;
    return result;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
    constexpr std::size_t longest = 1024;  // zeros in front may be many, but not without end
    if (text.size() > longest) {
        return std::nullopt;
    }
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    at += !text.empty() && (text[0] == '-' || text[0] == '+') ? 1U : 0U;
    Int128 units = 0;
    int scale = 0;
    int digits = 0;
    bool any = false;
    bool point = false;
    for (; at < text.size(); ++at) {
        if (text[at] == '.' && any && !point) {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9') {
            break;
        }
        any = true;
        if (digits < max_digits + 8) {  // more digits than are kept, so that the last is rounded
            units = units * 10 + (text[at] - '0');
            digits += units != 0 ? 1 : 0;
            scale += point ? 1 : 0;
        } else if (!point) {
            return std::nullopt;
        }
    }
    if (!any || (point && text[at - 1] == '.')) {
        return std::nullopt;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        const bool down = at < text.size() && text[at] == '-';
        at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1U : 0U;
        int exponent = 0;
        const std::size_t first = at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
            exponent = std::min(exponent * 10 + (text[at] - '0'), 1000);
        }
        if (at == first) {
            return std::nullopt;
        }
        scale += down ? exponent : -exponent;
    }
    if (at != text.size()) {
        return std::nullopt;
    }
    return fit(negative ? -units : units, scale);
}

std::optional<Decimal> Decimal::from_double(double value) {
    if (!std::isfinite(value)) {
        return std::nullopt;
    }
    std::array<char, 40> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), "%.14e", value);
    const auto decimal =
        parse(std::string_view(buffer.data(), static_cast<std::size_t>(std::max(length, 0))));
    return decimal ? std::optional(decimal->trimmed()) : std::nullopt;
}

std::string Decimal::to_string() const {
    std::string digits;
    for (Int128 rest = absolute(units_); rest > 0; rest /= 10) {
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    const auto places = static_cast<std::size_t>(scale_);
    digits.append(places + 1 - std::min(places + 1, digits.size()), '0');
    if (places > 0) {
        digits.insert(places, ".");
    }
    digits += units_ < 0 ? "-" : "";
    std::reverse(digits.begin(), digits.end());
    return digits;
}

double Decimal::to_double() const {
    return static_cast<double>(units_) / std::pow(10.0, scale_);
}

std::optional<std::int64_t> Decimal::to_integer() const {
    const Decimal whole = truncated();
    if (compare(whole, *this) != 0 || whole.units_ > INT64_MAX || whole.units_ < INT64_MIN) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(whole.units_);
}

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) {
    // Both have at most 28 digits, so one may be widened by ten places without leaving 128 bits;
    // beyond that the digits of the smaller scale cannot matter to the 28 kept.
    int scale = std::max(a.scale_, b.scale_);
    const auto widened = [](const Decimal& d, int to) {
        return d.units_ == 0 ? Int128{0} : d.units_ * power_of_ten(to - d.scale_);
    };
    while ((a.units_ != 0 && digits_of(a.units_) + scale - a.scale_ > 37) ||
           (b.units_ != 0 && digits_of(b.units_) + scale - b.scale_ > 37)) {
        --scale;
    }
    const auto at_scale = [&](const Decimal& d) {
        return d.scale_ <= scale ? widened(d, scale) : drop_digits(d.units_, d.scale_ - scale);
    };
    return fit(at_scale(a) + at_scale(b), scale);
}

std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) {
    return add(a, b.negated());
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) {
    Decimal x = a;
    Decimal y = b;
    Int128 product = 0;
    while (__builtin_mul_overflow(x.units_, y.units_, &product)) {
        Decimal& longer = digits_of(x.units_) > digits_of(y.units_) ? x : y;
        longer.units_ = drop_digits(longer.units_, 1);
        --longer.scale_;  // may go below zero; fit() multiplies it back or refuses
    }
    return fit(product, x.scale_ + y.scale_);
}

// Long division by hand: one digit a round until nothing is left or more digits stand there than
// are kept. Widening the dividend at once would leave too few digits when the divisor is long.
std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) {
    if (b.units_ == 0) {
        return std::nullopt;
    }
    Int128 quotient = a.units_ / b.units_;
    Int128 rest = a.units_ % b.units_;
    int scale = a.scale_ - b.scale_;
    while (rest != 0 && scale <= max_digits && absolute(quotient) < power_of_ten(max_digits)) {
        rest *= 10;
        quotient = quotient * 10 + rest / b.units_;
        rest %= b.units_;
        ++scale;
    }
    const auto result = fit(quotient, scale);
    return result ? std::optional(result->rounded(18).trimmed()) : std::nullopt;
}

std::optional<Decimal> Decimal::remainder(const Decimal& a, const Decimal& b) {
    const int scale = std::max(a.scale_, b.scale_);
    const auto x = a.with_scale(scale);
    const auto y = b.with_scale(scale);
    if (b.units_ == 0 || !x || !y) {
        return std::nullopt;
    }
    return fit(x->units_ % y->units_, scale);
}

std::optional<Decimal> Decimal::quotient(const Decimal& a, const Decimal& b) {
    const int scale = std::max(a.scale_, b.scale_);
    const auto x = a.with_scale(scale);
    const auto y = b.with_scale(scale);
    if (b.units_ == 0 || !x || !y) {
        return std::nullopt;
    }
    return fit(x->units_ / y->units_, 0);
}

int Decimal::compare(const Decimal& a, const Decimal& b) {
    const Int128 whole_a = a.units_ / power_of_ten(a.scale_);
    const Int128 whole_b = b.units_ / power_of_ten(b.scale_);
    if (whole_a != whole_b) {
        return whole_a < whole_b ? -1 : 1;
    }
    // Fractions have at most 28 digits, widened to 28 places they still fit.
    const auto fraction = [](const Decimal& d) {
        return d.units_ % power_of_ten(d.scale_) * power_of_ten(max_digits - d.scale_);
    };
    const Int128 fraction_a = fraction(a);
    const Int128 fraction_b = fraction(b);
    return fraction_a == fraction_b ? 0 : fraction_a < fraction_b ? -1 : 1;
}

Decimal Decimal::negated() const {
    Decimal result = *this;
    result.units_ = -result.units_;
    return result;
}

Decimal Decimal::truncated() const {
    Decimal result;
    result.units_ = units_ / power_of_ten(scale_);
    return result;
}

Decimal Decimal::floor() const {
    Decimal result = truncated();
    result.units_ -= units_ < 0 && units_ % power_of_ten(scale_) != 0 ? 1 : 0;
    return result;
}

Decimal Decimal::ceiling() const {
    Decimal result = truncated();
    result.units_ += units_ > 0 && units_ % power_of_ten(scale_) != 0 ? 1 : 0;
    return result;
}

Decimal Decimal::rounded(int places) const {
    Decimal result = *this;
    if (places < scale_) {
        result.units_ = drop_digits(units_, scale_ - std::max(places, 0));
        result.scale_ = std::max(places, 0);
    }
    return result;
}

Decimal Decimal::trimmed() const {
    Decimal result = *this;
    while (result.scale_ > 0 && result.units_ % 10 == 0) {
        result.units_ /= 10;
        --result.scale_;
    }
    return result;
}

std::optional<Decimal> Decimal::with_scale(int scale) const {
    if (scale < scale_ || scale > max_digits ||
        (units_ != 0 && digits_of(units_) + scale - scale_ > max_digits)) {
        return std::nullopt;
    }
    Decimal result;
    result.units_ = units_ == 0 ? 0 : units_ * power_of_ten(scale - scale_);
    result.scale_ = scale;
    return result;
}

}  // namespace linkway::fhirpath
