// JSON through RapidJSON's event interface. RapidJSON 1.1.0 can be crashed in its default and
// full-precision modes; this file is the only place that calls its reader, always with the three
// flags below.
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#include <rapidjson/reader.h>

#include <array>
#include <cstring>

#include "text/node.h"
#include "text/utf8.h"
#include "tree_builder.h"

namespace linkway::text {

namespace {

// Strings are decoded where they lie. That the text is UTF-8 has been checked before, at once and
// faster than RapidJSON does it character by character.
constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseInsituFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;

/// RapidJSON looks for the end of a string sixteen bytes at a time, so that many must follow.
constexpr std::size_t padding = 16;

/// A copy that RapidJSON may write into, ended by a NUL.
char* writable_copy(std::string_view text, std::pmr::monotonic_buffer_resource& arena) {
    char* copy = static_cast<char*>(arena.allocate(text.size() + padding, padding));
    std::memcpy(copy, text.data(), text.size());
    std::memset(copy + text.size(), 0, padding);
    return copy;
}

/// Receives RapidJSON's events. Where a token began is found by stepping over space, colons, commas
/// and closing brackets since the last one, in the text as it was before RapidJSON wrote into
/// `copy`, the one that lasts.
class JsonHandler {
  public:
    JsonHandler(std::string_view text, const char* copy, TreeBuilder& builder)
        : text_(text), copy_(copy), builder_(builder), tracker_(text) {}

    bool Null() { return plain(NodeKind::null, 4); }                           // NOLINT
    bool Bool(bool value) { return plain(NodeKind::boolean, value ? 4 : 5); }  // NOLINT
    bool RawNumber(const char*, rapidjson::SizeType length, bool) {            // NOLINT
        return plain(NodeKind::number, length);
    }
    bool StartObject() { return open(NodeKind::object); }             // NOLINT
    bool StartArray() { return open(NodeKind::array); }               // NOLINT
    bool EndObject(rapidjson::SizeType) { return builder_.close(); }  // NOLINT
    bool EndArray(rapidjson::SizeType) { return builder_.close(); }   // NOLINT

    bool Key(const char* decoded, rapidjson::SizeType length, bool) {  // NOLINT
        const Position position = begin_token();
        if (!end_string({decoded, length}, position)) {
            return false;
        }
        builder_.key({decoded, length}, position);
        return true;
    }

    bool String(const char* decoded, rapidjson::SizeType length, bool) {  // NOLINT
        const Position position = begin_token();
        if (!end_string({decoded, length}, position)) {
            return false;
        }
        builder_.scalar(NodeKind::string, {decoded, length}, position);
        return true;
    }

    // Numbers stay text, so RapidJSON never calls these.
    bool Int(int) { return false; }               // NOLINT
    bool Uint(unsigned) { return false; }         // NOLINT
    bool Int64(std::int64_t) { return false; }    // NOLINT
    bool Uint64(std::uint64_t) { return false; }  // NOLINT
    bool Double(double) { return false; }         // NOLINT

  private:
    Position begin_token() {
        while (at_ < text_.size() && is_between_tokens(text_[at_])) {
            ++at_;
        }
        return tracker_.at(at_);
    }

    static bool is_between_tokens(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':' ||
               c == ']' || c == '}';
    }

    bool plain(NodeKind kind, std::size_t length) {
        const Position position = begin_token();
        const std::string_view written(copy_ + at_, kind == NodeKind::null ? 0 : length);
        builder_.scalar(kind, written, position);
        at_ += length;
        return true;
    }

    bool open(NodeKind kind) {
        const Position position = begin_token();
        ++at_;
        return builder_.open(kind, position);
    }

    /// Steps over the string. RapidJSON lets "\udc00" alone through as three bytes that are no
    /// character.
    bool end_string(std::string_view decoded, Position position) {
        const std::size_t begin = at_ + 1;
        at_ = begin + decoded.size();  // of the closing quotation mark, when nothing is escaped
        if (text_.substr(begin, decoded.size()).find('\\') == std::string_view::npos) {
            ++at_;
            return true;
        }
        for (at_ = begin; text_[at_] != '"'; ++at_) {
            at_ += text_[at_] == '\\' ? 1 : 0;
        }
        ++at_;
        return is_utf8(decoded) ||
               builder_.refuse(position, "structure",
                               "a \\u escape in this string is half of a surrogate pair",
                               "write both halves, or the character itself");
    }

    std::string_view text_;
    const char* copy_;
    TreeBuilder& builder_;
    PositionTracker tracker_;
    std::size_t at_ = 0;
};

std::string_view message_of(rapidjson::ParseErrorCode code) {
    switch (code) {
        case rapidjson::kParseErrorDocumentEmpty:
            return "the text is empty where a JSON value was expected";
        case rapidjson::kParseErrorDocumentRootNotSingular:
            return "there is more text after the JSON value";
        case rapidjson::kParseErrorObjectMissName:
            return "a member name in double quotes was expected here";
        case rapidjson::kParseErrorObjectMissColon:
            return "a colon was expected after the member name";
        case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
            return "a comma or the closing } of the object was expected here";
        case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
            return "a comma or the closing ] of the array was expected here";
        case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
            return "a \\u escape needs four hexadecimal digits";
        case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
            return "a \\u escape in this string is half of a surrogate pair";
        case rapidjson::kParseErrorStringEscapeInvalid:
            return "this string holds an unknown escape or a bare control character";
        case rapidjson::kParseErrorStringMissQuotationMark:
            return "this string has no closing quotation mark";
        case rapidjson::kParseErrorStringInvalidEncoding:
            return "this string holds a control character or invalid UTF-8";
        case rapidjson::kParseErrorNumberTooBig:
            return "this number is larger than any that JSON readers can hold";
        case rapidjson::kParseErrorNumberMissFraction:
            return "a digit was expected after the decimal point";
        case rapidjson::kParseErrorNumberMissExponent:
            return "a digit was expected in the exponent";
        default:
            return "a JSON value was expected here";
    }
}

/// Takes one number and nothing else.
struct NumberHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, NumberHandler> {
    bool Default() { return false; }                                         // NOLINT
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return true; }  // NOLINT
};

}  // namespace

bool is_json_number(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    // RapidJSON would step over space around the number.
    if (text.empty() || !is_digit(text.back()) || !(is_digit(text.front()) || text[0] == '-')) {
        return false;
    }
    std::array<std::byte, 128> room;
    std::pmr::monotonic_buffer_resource arena(room.data(), room.size());
    rapidjson::InsituStringStream stream(writable_copy(text, arena));
    NumberHandler handler;
    rapidjson::Reader reader;
    return !reader.Parse<parse_flags>(stream, handler).IsError() && stream.Tell() == text.size();
}

Result<Document> parse_json(std::string_view text, std::string file, ParseLimits limits) {
    text = without_byte_order_mark(text);
    if (Status status = check_text(text, file, limits)) {
        return *std::move(status);
    }
    // Nodes take about as much room as the text they come from; a bad guess only costs another
    // block.
    auto storage = std::make_unique<Document::Storage>(std::move(file), 2 * text.size() + 256);
    char* copy = writable_copy(text, storage->arena);
    rapidjson::InsituStringStream stream(copy);
    TreeBuilder builder(*storage, limits.depth);
    JsonHandler handler(text, copy, builder);
    rapidjson::Reader reader;
    const rapidjson::ParseResult parsed = reader.Parse<parse_flags>(stream, handler);
    if (builder.has_issue()) {
        return std::move(builder.issue());
    }
    if (parsed.IsError()) {
        return parse_issue(storage->file, position_of(text, parsed.Offset()), "structure",
                           std::string(message_of(parsed.Code())));
    }
    // RapidJSON takes a NUL for the end of the text, wherever it stands.
    if (stream.Tell() != text.size()) {
        return parse_issue(storage->file, position_of(text, stream.Tell()), "structure",
                           std::string(message_of(rapidjson::kParseErrorDocumentRootNotSingular)));
    }
    builder.finish();
    return Document(std::move(storage));
}

}  // namespace linkway::text
