// Codes that can be judged by their own characters: SNOMED CT identifiers and Read codes.
#include <algorithm>
#include <array>

#include "terminology/terminology.h"

namespace linkway::terminology {

namespace {

using Row = std::array<unsigned char, 10>;

/// Product of two symmetries of a pentagon: 0 to 4 are turns, 5 to 9 turns after a reflection.
/// Verhoeff's method works in this group, whose order of factors matters: so swapped digits are
/// noticed.
constexpr unsigned char product(unsigned a, unsigned b) {
    const unsigned turn_a = a % 5;
    const unsigned turn_b = b % 5;
    const unsigned turn = a < 5 ? (turn_a + turn_b) % 5 : (turn_a + 5 - turn_b) % 5;
    const bool reflected = (a < 5) != (b < 5);
    return static_cast<unsigned char>(reflected ? turn + 5 : turn);
}

constexpr std::array<Row, 10> make_products() {
    std::array<Row, 10> table{};
    for (unsigned a = 0; a < 10; ++a) {
        for (unsigned b = 0; b < 10; ++b) {
            table[a][b] = product(a, b);
        }
    }
    return table;
}

/// Verhoeff's permutation, applied once more for each place from the right; it repeats after eight.
constexpr std::array<Row, 8> make_permutations() {
    constexpr Row step = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    std::array<Row, 8> table{};
    for (unsigned char digit = 0; digit < 10; ++digit) {
        table[0][digit] = digit;
    }
    for (std::size_t place = 1; place < table.size(); ++place) {
        for (std::size_t digit = 0; digit < 10; ++digit) {
            table[place][digit] = step[table[place - 1][digit]];
        }
    }
    return table;
}

constexpr std::array<Row, 10> products = make_products();
constexpr std::array<Row, 8> permutations = make_permutations();

bool has_verhoeff_check_digit(std::string_view digits) {
    unsigned char sum = 0;
    std::size_t place = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, ++place) {
        sum = products[sum][permutations[place % 8][static_cast<std::size_t>(*digit - '0')]];
    }
    return sum == 0;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool is_emis_local(std::string_view code) {
    constexpr std::array<std::string_view, 6> starts = {"EMIS",   "ESCT", "^ESCT",
                                                        "FUNDHC", "JHCC", "RAFME"};
    constexpr std::array<std::string_view, 2> ends = {"KC60", "SHHAPT"};
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return code.starts_with(start); }) ||
           std::any_of(ends.begin(), ends.end(),
                       [&](std::string_view end) { return code.ends_with(end); });
}

/// "8T09.-1" without "-1".
std::string_view without_synonym_suffix(std::string_view code) {
    const std::size_t dash = code.rfind('-');
    if (dash == std::string_view::npos || dash == 0 || dash + 1 == code.size() ||
        code.find_first_not_of("0123456789", dash + 1) != std::string_view::npos) {
        return code;
    }
    return code.substr(0, dash);
}

}  // namespace

bool is_valid_sctid(std::string_view text) {
    return text.size() >= 6 && text.size() <= 18 && text.front() != '0' &&
           text.find_first_not_of("0123456789") == std::string_view::npos &&
           has_verhoeff_check_digit(text);
}

bool is_valid_concept_id(std::string_view text) {
    if (!is_valid_sctid(text)) {
        return false;
    }
    // item, seven digits of namespace when the partition starts with 1, partition, check digit
    constexpr std::size_t shortest_with_namespace = 11;
    const std::string_view partition = text.substr(text.size() - 3, 2);
    return partition == "00" || (partition == "10" && text.size() >= shortest_with_namespace);
}

std::string canonical_read_code(std::string_view text) {
    constexpr std::size_t read_length = 5;
    const std::string_view code = trimmed(text);
    if (is_emis_local(code)) {
        return std::string(code);
    }
    std::string out(without_synonym_suffix(code));
    if (out.size() > read_length) {
        return std::string(code);
    }
    if (!out.empty()) {
        out.append(read_length - out.size(), '.');
    }
    return out;
}

}  // namespace linkway::terminology
