// No step is long and none makes much: whatever an expression does, a run ends within its steps,
// and the memory it takes follows from them. Each case would run for minutes, or take all memory
// there is, if one function did not pay for what it does.
#include <chrono>

#include "catch.h"
#include "evaluate_helpers.h"
#include "fhirpath/expression.h"

using namespace linkway;
using namespace linkway::fhirpath;

namespace {

/// Memory that is counted.
class Counted final : public std::pmr::memory_resource {
  public:
    std::size_t bytes = 0;

  private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        bytes += size;
        return std::pmr::new_delete_resource()->allocate(size, alignment);
    }
    void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
        std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }
};

struct Outcome {
    std::string message;  ///< of the failure, or ""
    std::size_t bytes = 0;
    double seconds = 0;
};

Outcome run(const std::string& expression, const text::Node* context = nullptr) {
    auto parsed = parse(expression);
    REQUIRE(parsed.ok());
    Environment environment;
    environment.strict = false;
    text::Issues issues;
    const auto compiled = compile(std::move(parsed).value(), environment, {}, issues);
    INFO((issues.empty() ? std::string() : to_string(issues.front())));
    REQUIRE(compiled);
    Counted counted;
    std::pmr::monotonic_buffer_resource arena(&counted);
    Runtime runtime;
    runtime.arena = &arena;
    const Value value = context != nullptr ? Value::of_node(*context, nullptr) : Value{};
    runtime.context = context != nullptr ? &value : nullptr;
    Collection out;
    const auto start = std::chrono::steady_clock::now();
    const auto failure = compiled->evaluate(runtime, out);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    return {failure ? failure->message : "", counted.bytes, spent.count()};
}

/// 16 characters doubled that many times.
std::string long_text(int doublings, const std::string& start = "aaaaaaaaaaaaaaaa") {
    std::string expression = "('" + start + "')";
    for (int i = 0; i < doublings; ++i) {
        expression += ".select($this & $this)";
    }
    return expression;
}

/// As many items as two to that power.
std::string many_items(int doublings) {
    std::string expression = "'x'";
    for (int i = 0; i < doublings; ++i) {
        expression = "(" + expression + ").select($this.combine($this))";
    }
    return expression;
}

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

}  // namespace

TEST_CASE("a run takes no longer than its steps, and no more memory") {
    const std::string text = long_text(17);  // 2 MiB
    const std::string items = many_items(16);
    const std::vector<std::string> expressions = {
        // Comparing long texts, and looking for one in another.
        many_items(12) + ".select(" + long_text(6) + ")" + ".distinct()",
        text + ".select(" + items + ".all(%context = %context))",
        items + ".aggregate(iif($total = $total & '', $total, $total), " + text + ")",
        items + ".aggregate(iif($total ~ $total & '', $total, $total), " + text + ")",
        items + ".aggregate(iif($total < $total & '', $total, $total), " + text + ")",
        text + ".select(iif(contains($this.substring(1000000) & 'b'), 1, 2))",
        text + ".select(indexOf($this.substring(1000000) & 'b'))",
        text + ".select(lastIndexOf('b' & $this.substring(1000000)))",
        text + ".select(replace($this.substring(1000000) & 'b', ''))",
        text + ".select(split($this.substring(1000000) & 'b'))",
        text + ".select((" + items + ").select(toInteger()))",
        // Patterns: those whose automaton grows, those whose every search reads on to the end.
        text + ".matches('(a|b)*a(a|b){300}c')",
        text + ".matches('(((a{10}){10}){10})b')",
        text + ".replaceMatches('a.*c|a', 'x')",
        text + ".replaceMatches('', 'x').replaceMatches('a', 'xxxxxxxxxxxxxxxx')",
        items + ".select('a'.matches('((a{10}){' & '10}){10}'))",
        // Many items out of few steps.
        text + ".toChars()",
        text + ".split('')",
        text + ".split('a')",
        items + repeated(".tail()", 400),
        items + repeated(".skip(1)", 400),
        items + repeated(".take(60000)", 400),
        items + repeated(".exclude({})", 400),
        items + repeated(".ofType(String)", 400),
        items + repeated(".combine({})", 400),
        items + repeated(".trace('x')", 400),
        items + repeated(".sort()", 400),
        items + ".aggregate($total.combine('x'), {})",
        items + ".aggregate($total & 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', '')",
        items + ".repeat($this & 'x')",
        items + ".select($index.toString()).repeat($this & '1')",
        items + ".select($index).distinct()",
        items + ".select($index).intersect(" + items + ".select($index))",
        items + ".select($index).subsetOf(" + items + ".select(-$index))",
        "(" + items + ".select($index)) ~ (" + items + ".select($index + 1))",
        items + "[2147483647 * 2147483647]",
    };
    for (const std::string& expression : expressions) {
        const Outcome outcome = run(expression);
        CAPTURE(expression.substr(0, 60), expression.substr(expression.size() / 2), outcome.message,
                outcome.seconds);
        // A million steps; an item takes 100 bytes and stands in an array twice its size at most.
        CHECK(outcome.bytes < std::size_t{512} << 20U);
        // Far above what it takes, with sanitizers on a busy machine, and far below what it would.
        CHECK(outcome.seconds < 30);
        const bool expected = outcome.message.empty() ||
                              outcome.message.find("too many") != std::string::npos ||
                              outcome.message.find("more than") != std::string::npos ||
                              outcome.message.find("longer than") != std::string::npos;
        CHECK(expected);
    }
}

TEST_CASE("comparing elements pays for their size") {
    // Two objects with the same many members the other way round, in an array beside each other.
    std::string forth = "{";
    std::string back = "{";
    for (int i = 0; i < 20'000; ++i) {
        forth += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":" + std::to_string(i);
        const std::string from_behind = std::to_string(19'999 - i);
        back += (i == 0 ? "\"m" : ",\"m") + from_behind + "\":" + from_behind;
    }
    const auto parsed = text::parse_json("{\"a\":" + forth + "},\"b\":" + back + "}}", "wide.json");
    REQUIRE(parsed.ok());
    for (const char* expression :
         {"a = b", "a ~ b", "(a | b).count()", "a.children() ~ b.children()",
          "a.children().intersect(b.children())"}) {
        const Outcome outcome = run(expression, &parsed->root());
        CAPTURE(expression, outcome.seconds);
        CHECK(outcome.message.find("too many steps") != std::string::npos);
        CHECK(outcome.seconds < 30);
    }
}

TEST_CASE("replaceMatches() replaces as RE2 does") {
    const auto result = [](const std::string& expression) { return testing::run(expression); };
    CHECK(result("'abc'.replaceMatches('b', 'x')") == "axc");
    CHECK(result("'aaa'.replaceMatches('a*', 'x')") == "x");
    CHECK(result("'baab'.replaceMatches('a*', 'x')") == "xbxbx");
    CHECK(result("'\xC3\xA9\xC3\xA9'.replaceMatches('x*', '-')") == "-\xC3\xA9-\xC3\xA9-");
    CHECK(result("'ab'.replaceMatches('$', '!')") == "ab!");
    CHECK(result("'ab'.replaceMatches('^', '!')") == "!ab");
    CHECK(result("'a1b22'.replaceMatches('([a-z])([0-9]+)', '$2$1')") == "1a22b");
    CHECK(result("'ab'.replaceMatches('(a)', '$7')") == "ab");
    CHECK(result("''.replaceMatches('x*', 'y')") == "y");
}
