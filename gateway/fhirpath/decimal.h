// Exact decimal numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkway::fhirpath {

__extension__ using Int128 = __int128;

/// units / 10^scale, with at most 28 significant digits and 0 <= scale <= 28: the range that
/// FHIRPath asks for. A result with more digits is rounded (half away from zero) to 28; one whose
/// whole part has more has no value.
class Decimal {
  public:
    Decimal() = default;
    static Decimal of(std::int64_t value);
    /// "-12.50", "1e-3". Nothing when it is no number or beyond the range.
    static std::optional<Decimal> parse(std::string_view text);
    /// Nearest decimal with 15 significant digits; nothing for infinities, NaN or beyond the range.
    static std::optional<Decimal> from_double(double value);

    std::string to_string() const;  ///< keeps trailing zeros: "1.10" stays "1.10"
    double to_double() const;
    std::optional<std::int64_t> to_integer()
        const;  ///< nothing when there is a fraction or it is too large

    static std::optional<Decimal> add(const Decimal& a, const Decimal& b);
    static std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
    static std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
    /// At most 18 decimal places, without trailing zeros. Nothing when b is zero.
    static std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
    /// Whole part of the quotient, toward zero, and what is left (with the sign of a).
    static std::optional<Decimal> quotient(const Decimal& a, const Decimal& b);
    static std::optional<Decimal> remainder(const Decimal& a, const Decimal& b);
    static int compare(const Decimal& a, const Decimal& b);

    Decimal negated() const;
    Decimal truncated() const;
    Decimal floor() const;
    Decimal ceiling() const;
    /// To that many decimal places, half away from zero.
    Decimal rounded(int places) const;
    /// The same number without trailing zeros behind the point.
    Decimal trimmed() const;

    bool is_zero() const { return units_ == 0; }
    bool is_negative() const { return units_ < 0; }
    int scale() const { return scale_; }
    /// With exactly that many places (at least scale()); nothing when that needs more than 28
    /// digits.
    std::optional<Decimal> with_scale(int scale) const;

  private:
    static std::optional<Decimal> fit(Int128 units, int scale);

    Int128 units_ = 0;
    int scale_ = 0;
};

}  // namespace linkway::fhirpath
