#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "random.h"
#include "sources/table_scan.h"

using namespace linkway::sources;
using linkway::tests::Random;

TEST_CASE("A key set holds what was put in and nothing else") {
    KeySet keys;
    CHECK(keys.size() == 0);
    CHECK_FALSE(keys.contains(""));
    CHECK_FALSE(keys.contains(std::string_view{}));
    CHECK_FALSE(keys.contains("1"));

    keys.insert("1");
    keys.insert("1");
    keys.insert("12345678");
    CHECK(keys.size() == 2);
    CHECK(keys.contains("1"));
    CHECK(keys.contains("12345678"));
    CHECK_FALSE(keys.contains("12345679"));
    CHECK_FALSE(keys.contains("123456780"));
    CHECK_FALSE(keys.contains(""));

    keys.insert(std::string_view{});
    CHECK(keys.size() == 3);
    CHECK(keys.contains(""));
    CHECK(keys.contains(std::string_view{}));
}

TEST_CASE("Keys that differ in a NUL, in length or in their last byte are different keys") {
    KeySet keys;
    keys.insert(std::string("a\0b", 3));
    CHECK(keys.contains(std::string("a\0b", 3)));
    CHECK_FALSE(keys.contains("a"));
    CHECK_FALSE(keys.contains(std::string("a\0c", 3)));
    CHECK_FALSE(keys.contains(std::string("a\0b\0", 4)));
    const std::string longer(1000, 'k');
    keys.insert(longer);
    CHECK(keys.contains(longer));
    CHECK_FALSE(keys.contains(longer + "k"));
    CHECK_FALSE(keys.contains(longer.substr(1)));
}

TEST_CASE("A key set keeps copies and survives growing and moving") {
    Random random(7);
    KeySet keys;
    std::set<std::string> expected;
    const auto some_key = [&random] {
        std::string key(random.below(20), ' ');
        for (char& c : key) {
            c = static_cast<char>('0' + random.below(3));
        }
        return key;
    };
    for (int i = 0; i < 20000; ++i) {
        std::string key = some_key();
        keys.insert(key);
        expected.insert(key);
        key.assign(key.size(), '\xFF');  // the set has its own
    }
    REQUIRE(keys.size() == expected.size());
    const KeySet moved = std::move(keys);
    for (const std::string& key : expected) {
        REQUIRE(moved.contains(key));
    }
    for (int i = 0; i < 20000; ++i) {
        const std::string key = some_key();
        REQUIRE(moved.contains(key) == (expected.count(key) == 1));
    }
}

TEST_CASE("Many keys are found at once as they are one by one") {
    Random random(9);
    for (const std::uint32_t size : {0U, 3U, 500U, 40000U}) {
        KeySet keys;
        for (std::uint32_t i = 0; i < size; ++i) {
            keys.insert(std::string(random.below(25), 'k') + std::to_string(random.below(size)));
        }
        std::vector<std::string> asked;
        for (std::uint32_t i = 0; i < 1000 + size % 7; ++i) {
            asked.push_back(std::string(random.below(25), 'k') +
                            std::to_string(random.below(size + 1)));
        }
        asked.emplace_back();
        const std::vector<std::string_view> views(asked.begin(), asked.end());
        std::vector<std::uint8_t> found(views.size(), 7);
        keys.find(views, found);
        for (std::size_t i = 0; i < views.size(); ++i) {
            CAPTURE(size, asked[i]);
            REQUIRE((found[i] == 1) == keys.contains(views[i]));
            REQUIRE(found[i] <= 1);
        }
    }
}
