// JSON through RapidJSON's event interface. RapidJSON 1.1.0 can be crashed in its default and
// full-precision modes; this file is the only place that calls its reader, always with the three
// flags below.
#include <rapidjson/reader.h>

#include <algorithm>

#include "text/node.h"
#include "text/utf8.h"
#include "tree_builder.h"

namespace linkway::text {

namespace {

constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;

/// What RapidJSON reads from: a text that need not end in NUL, and whose offset the handler can ask
/// for.
class TextStream {
  public:
    using Ch = char;  // the name RapidJSON asks for

    explicit TextStream(std::string_view text) : text_(text) {}

    // The names below are RapidJSON's stream concept.
    Ch Peek() const { return offset_ < text_.size() ? text_[offset_] : '\0'; }  // NOLINT
    Ch Take() { return offset_ < text_.size() ? text_[offset_++] : '\0'; }      // NOLINT
    std::size_t Tell() const { return offset_; }                                // NOLINT

    // Only parsing in place writes; RapidJSON instantiates these all the same.
    Ch* PutBegin() { return nullptr; }     // NOLINT
    void Put(Ch) {}                        // NOLINT
    void Flush() {}                        // NOLINT
    std::size_t PutEnd(Ch*) { return 0; }  // NOLINT

  private:
    std::string_view text_;
    std::size_t offset_ = 0;
};

/// Receives RapidJSON's events. Each comes when its token has been read; where the token began is
/// found by stepping over space, colons, commas and closing brackets since the last one.
class JsonHandler {
  public:
    JsonHandler(std::string_view text, const TextStream& stream, Document::Storage& storage,
                TreeBuilder& builder)
        : text_(text), stream_(stream), storage_(storage), builder_(builder), tracker_(text) {}

    bool Null() { return plain(NodeKind::null); }             // NOLINT
    bool Bool(bool) { return plain(NodeKind::boolean); }      // NOLINT
    bool RawNumber(const char*, rapidjson::SizeType, bool) {  // NOLINT
        return plain(NodeKind::number);
    }
    bool StartObject() { return open(NodeKind::object); }             // NOLINT
    bool StartArray() { return open(NodeKind::array); }               // NOLINT
    bool EndObject(rapidjson::SizeType) { return builder_.close(); }  // NOLINT
    bool EndArray(rapidjson::SizeType) { return builder_.close(); }   // NOLINT

    bool Key(const char* decoded, rapidjson::SizeType length, bool) {  // NOLINT
        const Position position = begin_token();
        std::string_view name;
        if (!content({decoded, length}, position, name)) {
            return false;
        }
        builder_.key(name, position);
        return true;
    }

    bool String(const char* decoded, rapidjson::SizeType length, bool) {  // NOLINT
        const Position position = begin_token();
        std::string_view value;
        if (!content({decoded, length}, position, value)) {
            return false;
        }
        builder_.scalar(NodeKind::string, value, position);
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
        token_ = last_end_;
        token_ = std::min(text_.find_first_not_of(" \t\r\n,:]}", token_), text_.size());
        last_end_ = stream_.Tell();
        return tracker_.at(token_);
    }

    std::string_view token() const { return text_.substr(token_, last_end_ - token_); }

    bool plain(NodeKind kind) {
        const Position position = begin_token();
        builder_.scalar(kind, kind == NodeKind::null ? std::string_view() : token(), position);
        return true;
    }

    bool open(NodeKind kind) {
        const Position position = begin_token();
        // RapidJSON says so before it steps over the bracket, or after: either way one byte.
        last_end_ = token_ + 1;
        return builder_.open(kind, position);
    }

    /// The string without quotes and escapes: a view of the text itself when nothing was escaped
    /// (an escape is always longer than what it stands for). RapidJSON lets "\udc00" alone through
    /// as three bytes that are no character.
    bool content(std::string_view decoded, Position position, std::string_view& out) {
        if (decoded.size() == token().size() - 2) {
            out = token().substr(1, decoded.size());
            return true;
        }
        if (!is_utf8(decoded)) {
            return builder_.refuse(position, "structure",
                                   "a \\u escape in this string is half of a surrogate pair",
                                   "write both halves, or the character itself");
        }
        out = storage_.keep(decoded);
        return true;
    }

    std::string_view text_;
    const TextStream& stream_;
    Document::Storage& storage_;
    TreeBuilder& builder_;
    PositionTracker tracker_;
    std::size_t token_ = 0;
    std::size_t last_end_ = 0;
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
    TextStream stream(text);
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
    text = storage->keep(text);

    TreeBuilder builder(*storage, limits.depth);
    TextStream stream(text);
    JsonHandler handler(text, stream, *storage, builder);
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
