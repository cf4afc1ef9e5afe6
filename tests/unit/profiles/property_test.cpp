// Whatever is done to a valid resource is found, or leaves it valid.
#include <array>
#include <string>

#include "catch.h"
#include "profiles/validator.h"
#include "random.h"
#include "translated.h"

using namespace linkway;

namespace {

enum class Change : std::uint8_t {
    remove,
    rename,
    wrap,  // in one more list
    null,
    empty_object,
    empty_list,
    control,  // a control character for every text
    number    // 12.5 for a text
};
constexpr std::array all = {Change::remove,  Change::rename,       Change::wrap,
                            Change::null,    Change::empty_object, Change::empty_list,
                            Change::control, Change::number};

/// Writes a resource with one of its members, counted as they are written, changed.
class Changer {
  public:
    Changer(Change change, std::uint32_t target) : change_(change), target_(target) {}

    std::string write(const text::Node& node) {
        if (node.is_object()) {
            return object(node);
        }
        std::string out;
        if (!node.is_array()) {
            text::append_json(out, node);
            return out;
        }
        for (const text::Node& item : node.items) {
            out += (out.empty() ? "" : ",") + write(item);
        }
        return "[" + out + "]";
    }

    /// Whether the resource had such a member, of a kind that the change is for.
    bool changed() const { return changed_; }
    std::uint32_t members() const { return members_; }

  private:
    std::string object(const text::Node& node) {
        std::string out;
        for (const text::Member& member : node.members) {
            const bool here = members_++ == target_;
            std::string name(member.name);
            std::string value = write(member.value);
            if (here && !apply(member, name, value)) {
                continue;
            }
            out += (out.empty() ? "\"" : ",\"") + name + "\":" + value;
        }
        return "{" + out + "}";
    }

    bool apply(const text::Member& member, std::string& name, std::string& value) {
        const bool text = member.value.is_string();
        changed_ = text || (change_ != Change::control && change_ != Change::number);
        switch (change_) {
            case Change::remove:
                return false;
            case Change::rename:
                name += "X";
                break;
            case Change::wrap:
                value = "[" + value + "]";
                break;
            case Change::null:
                value = "null";
                break;
            case Change::empty_object:
                value = "{}";
                break;
            case Change::empty_list:
                value = "[]";
                break;
            case Change::control:
                value = text ? "\"a\\u0001b\"" : value;
                break;
            case Change::number:
                value = text ? "12.5" : value;
                break;
        }
        return true;
    }

    Change change_;
    std::uint32_t target_;
    std::uint32_t members_ = 0;
    bool changed_ = false;
};

}  // namespace

TEST_CASE("A change to a valid resource is found, or the resource is still valid") {
    const profiles::Validator validator;
    const auto lines = tests::translated_resources();
    tests::Random random(20'241'123);
    int found_by_removal = 0;
    int valid_after_removal = 0;
    for (int round = 0; round < 6'000; ++round) {
        const tests::Line& line = lines[random.below(static_cast<std::uint32_t>(lines.size()))];
        const auto original = text::parse_json(line.text, line.file);
        REQUIRE(original.ok());
        if (original->root().find("entry") != nullptr) {
            continue;  // a Bundle's resources are not looked into
        }
        Changer counter(Change::remove, UINT32_MAX);
        (void)counter.write(original->root());
        const Change change = all[random.below(all.size())];
        Changer changer(change, random.below(counter.members()));
        const std::string text = changer.write(original->root());
        const auto resource = text::parse_json(text, line.file);
        REQUIRE(resource.ok());
        const text::Issues issues = validator.validate(resource->root());
        for (const text::Issue& issue : issues) {
            CHECK(issue.location.line == 1);
            CHECK_FALSE(issue.location.field.empty());
        }
        if (change == Change::remove) {
            ++(issues.empty() ? valid_after_removal : found_by_removal);
        } else if (changer.changed()) {
            INFO(text);
            CHECK(text::has_errors(issues));
        }
    }
    CHECK(found_by_removal > 100);
    CHECK(valid_after_removal > 100);
}
