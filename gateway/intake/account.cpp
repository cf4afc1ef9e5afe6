#include "account.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "text/node.h"

namespace linkway::intake {

namespace fs = std::filesystem;

namespace {

std::uint64_t number(const text::Node& node) {
    std::uint64_t value = 0;
    std::from_chars(node.text.data(), node.text.data() + node.text.size(), value);
    return value;
}

std::uint64_t sum(const text::Node* counts) {
    std::uint64_t total = 0;
    if (counts != nullptr) {
        for (const text::Member& each : counts->members) {
            total += number(each.value);
        }
    }
    return total;
}

}  // namespace

Account read_account(std::string_view reconciliation) {
    Account account;
    const auto parsed = text::parse_json(reconciliation, "reconciliation.json");
    if (!parsed) {
        return account;
    }
    const text::Node& root = parsed->root();
    if (const text::Node* files = root.find("files")) {
        for (const text::Node& each : files->items) {
            const text::Node* reasons = each.find("notRelevant");
            account.files.push_back(
                {std::string(each.string_or("file", "")), std::string(each.string_or("table", "")),
                 reasons != nullptr &&
                     reasons->find("the same file was applied before") != nullptr});
        }
    }
    if (const text::Node* batches = root.find("heldBatches")) {
        for (const text::Node& each : batches->items) {
            account.held_batches.push_back(std::string(each.string_or("batch", "")) + ": " +
                                           std::string(each.string_or("reason", "")));
        }
    }
    if (const text::Node* total = root.find("total")) {
        const text::Node* rows = total->find("rows");
        account.rows = rows == nullptr ? 0 : number(*rows);
        account.held = sum(total->find("held"));
        account.rejected = sum(total->find("rejected"));
    }
    return account;
}

std::vector<fs::path> attempts(const fs::path& work) {
    std::vector<std::pair<unsigned, fs::path>> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(work, error)) {
        const std::string name = entry.path().filename().string();
        unsigned attempt = 0;
        const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), attempt);
        if (wrong == std::errc() && end == name.data() + name.size()) {
            found.emplace_back(attempt, entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<fs::path> result;
    for (auto& [attempt, path] : found) {
        result.push_back(std::move(path));
    }
    return result;
}

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

}  // namespace linkway::intake
