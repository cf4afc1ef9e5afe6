// Makes a Document of something that is neither JSON nor YAML.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/node.h"

namespace linkway::text {

/// Takes a tree as a parser would tell it: open, key, scalar, close. Containers must be closed and
/// object members named, in order. A call that returns false has refused the text (depth, a name
/// that stands twice): finish() then says why.
class DocumentBuilder {
  public:
    DocumentBuilder(std::string file, std::size_t expected_bytes, std::uint32_t depth_limit);
    ~DocumentBuilder();
    DocumentBuilder(DocumentBuilder&&) noexcept;

    bool open(NodeKind kind, Position position);
    bool close();
    void key(std::string_view name, Position position);                    ///< copied
    void scalar(NodeKind kind, std::string_view text, Position position);  ///< copied
    /// Ends the building with this issue, unless there is one already. Always false.
    bool refuse(Position position, std::string code, std::string message,
                std::string suggestion = {});

    /// The document, or the first refusal. Call once.
    Result<Document> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::text
