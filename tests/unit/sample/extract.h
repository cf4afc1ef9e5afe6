// A sample on disk, read back as a careful stranger would.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "sample/sample.h"

namespace extract {

namespace fs = std::filesystem;

inline const linkway::sources::DataPackage& package() {
    static const linkway::sources::DataPackage result = [] {
        linkway::text::Issues issues;
        auto read =
            linkway::sources::read_data_package(LINKWAY_SOURCE_DIR "/mappings/emis", issues);
        REQUIRE(issues.empty());
        return read;
    }();
    return result;
}

using Row = std::vector<std::string>;

struct Table {
    std::string file;
    std::string bytes;
    Row header;
    std::vector<Row> rows;

    int column(std::string_view name) const {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (header[i] == name) {
                return static_cast<int>(i);
            }
        }
        FAIL("no column " << name);
        return -1;
    }
    const std::string& cell(const Row& row, std::string_view name) const {
        return row.at(static_cast<std::size_t>(column(name)));
    }
};

/// Splits what EMIS writes: every field quoted, doubled quotes, CR LF between records.
inline std::vector<Row> parse(const std::string& bytes) {
    std::vector<Row> rows(1);
    bool quoted = false;
    std::string field;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (quoted && c == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"') {
            field += c;
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == ',' || c == '\n')) {
            rows.back().push_back(std::move(field));
            field.clear();
            if (c == '\n') {
                rows.emplace_back();
            }
        } else if (quoted || c != '\r') {
            field += c;
        }
    }
    if (rows.back().empty() && field.empty()) {
        rows.pop_back();
    } else {
        rows.back().push_back(std::move(field));
    }
    return rows;
}

/// A sample in a folder of its own, gone with the object.
class Sample {
  public:
    explicit Sample(linkway::sample::SampleOptions options) {
        static int number = 0;
        folder_ = fs::temp_directory_path() /
                  ("linkway-sample-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) +
                   "-" + std::to_string(number++));
        fs::remove_all(folder_);
        options.report = &report;
        const auto status = linkway::sample::write_sample(options, package(), folder_.string());
        INFO((status ? linkway::text::to_string(*status) : ""));
        REQUIRE_FALSE(status.has_value());
        for (const auto& entry : fs::directory_iterator(folder_)) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string name = entry.path().filename().string();
            for (const auto& table : package().tables) {
                if (name.find("_" + table.name + "_") != std::string::npos) {
                    Table& read = tables[table.name];
                    read.file = name;
                    read.bytes.assign(std::istreambuf_iterator<char>(in), {});
                    read.rows = parse(read.bytes);
                    REQUIRE_FALSE(read.rows.empty());
                    read.header = read.rows.front();
                    read.rows.erase(read.rows.begin());
                }
            }
            ++files;
        }
    }
    Sample(const Sample&) = delete;
    Sample& operator=(const Sample&) = delete;
    ~Sample() { fs::remove_all(folder_); }

    const Table& operator[](const std::string& name) const { return tables.at(name); }

    linkway::sample::SampleReport report;
    std::map<std::string, Table> tables;
    std::size_t files = 0;

  private:
    fs::path folder_;
};

inline linkway::sample::SampleOptions options(std::uint64_t patients, std::uint64_t seed = 1) {
    linkway::sample::SampleOptions result;
    result.patients = patients;
    result.seed = seed;
    return result;
}

}  // namespace extract
