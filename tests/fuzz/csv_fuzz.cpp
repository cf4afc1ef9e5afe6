// Reading a record with care must come to the same end however much of the file it sees, agree with
// the index of the fast scan where that finds nothing odd, and every back end of the index must
// agree with the portable one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "../../gateway/text/structure_kernel.h"
#include "text/csv.h"
#include "text/structure.h"

namespace {

using namespace linkway::text;
using Fields = std::vector<std::string_view>;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

bool same(const RecordReading& a, const RecordReading& b) {
    return a.blank == b.blank && a.defect == b.defect && a.end == b.end && a.fields == b.fields;
}

/// Reads all records of the text, each also from what is only part of it.
void read_records(std::string_view text, const RecordShape& shape, std::size_t step) {
    Fields fields;
    Fields others;
    std::string scratch;
    for (std::size_t at = 0; at < text.size();) {
        const RecordReading reading = read_record(text, at, true, shape, fields);
        require(reading.decided && reading.end > at && reading.end <= text.size());
        for (std::size_t size = at; size <= text.size(); size += step) {
            const RecordReading part = read_record(text.substr(0, size), at, false, shape, others);
            require(!part.decided || same(part, reading));
        }
        if (reading.defect == RecordDefect::none && !reading.blank) {
            require(fields.size() == shape.columns);
            for (const std::string_view raw : fields) {
                require(field_content(raw, shape.dialect, scratch).size() <= raw.size());
            }
        }
        at = reading.end;
    }
    split_fields(text, shape.dialect, fields);
    require(!fields.empty());
    const std::size_t sound = find_sound_record(text, 0, shape);
    require(sound == std::string_view::npos || sound <= text.size());
}

void index(const kernel::Kernel& each, std::string_view text, const RecordShape& shape,
           Structure& structure) {
    structure.reserve(text.size() - structure_padding);
    kernel::Job job{text.data(),
                    text.size() - structure_padding,
                    {shape.dialect.delimiter, shape.dialect.quote, shape.line_end},
                    structure.delimiters.get(),
                    structure.records.get(),
                    0,
                    0};
    each.index(job);
    structure.record_count = job.record_count;
    structure.trouble = job.trouble;
}

/// What the index takes for well formed is read so with care, too.
void compare_index(std::string_view text, const RecordShape& shape) {
    const std::string padded = std::string(text) + std::string(structure_padding, '"');
    Structure expected;
    index(kernel::portable(), padded, shape, expected);
    Fields fields;
    std::size_t begin = 0;
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < expected.record_count; ++i) {
        const RecordEnd& end = expected.records[i];
        const std::uint32_t columns = end.delimiters - first + 1;
        if (end.offset - begin <= longest_record) {
            const RecordShape own{shape.dialect, shape.line_end, columns};
            const RecordReading reading = read_record(text, begin, true, own, fields);
            require(reading.defect == RecordDefect::none);
            require(reading.end == std::size_t{end.offset} + 1 && reading.fields == columns);
        }
        begin = std::size_t{end.offset} + 1;
        first = end.delimiters;
    }
#if defined(__x86_64__)
    for (const kernel::Kernel& each : {kernel::avx2(), kernel::avx512()}) {
        if (!kernel::is_supported(each)) {
            continue;
        }
        Structure structure;
        index(each, padded, shape, structure);
        require(structure.trouble == expected.trouble);
        require(structure.record_count == expected.record_count);
        for (std::size_t i = 0; i < expected.record_count; ++i) {
            require(structure.records[i].offset == expected.records[i].offset &&
                    structure.records[i].delimiters == expected.records[i].delimiters &&
                    structure.records[i].lines == expected.records[i].lines);
        }
    }
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const RecordShape shape{{}, (data[0] & 1U) != 0 ? '\r' : '\n', 1U + (data[0] >> 1U & 3U)};
    read_records(text, shape, 1 + text.size() / 64);
    compare_index(text, shape);
    return 0;
}
