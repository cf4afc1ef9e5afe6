#include "text/document_builder.h"

#include "tree_builder.h"

namespace linkway::text {

struct DocumentBuilder::State {
    State(std::string file, std::size_t expected_bytes, std::uint32_t depth_limit)
        : storage(std::make_unique<Document::Storage>(std::move(file), expected_bytes)),
          tree(*storage, depth_limit) {}

    std::unique_ptr<Document::Storage> storage;
    TreeBuilder tree;
};

DocumentBuilder::DocumentBuilder(std::string file, std::size_t expected_bytes,
                                 std::uint32_t depth_limit)
    : state_(std::make_unique<State>(std::move(file), expected_bytes, depth_limit)) {}
DocumentBuilder::~DocumentBuilder() = default;
DocumentBuilder::DocumentBuilder(DocumentBuilder&&) noexcept = default;

bool DocumentBuilder::open(NodeKind kind, Position position) {
    return state_->tree.open(kind, position);
}

bool DocumentBuilder::close() {
    return state_->tree.close();
}

void DocumentBuilder::key(std::string_view name, Position position) {
    state_->tree.key(state_->storage->keep(name), position);
}

void DocumentBuilder::scalar(NodeKind kind, std::string_view text, Position position) {
    state_->tree.scalar(kind, state_->storage->keep(text), position);
}

bool DocumentBuilder::refuse(Position position, std::string code, std::string message,
                             std::string suggestion) {
    if (!state_->tree.has_issue()) {
        state_->tree.refuse(position, std::move(code), std::move(message), std::move(suggestion));
    }
    return false;
}

Result<Document> DocumentBuilder::finish() {
    if (state_->tree.has_issue()) {
        return std::move(state_->tree.issue());
    }
    state_->tree.finish();
    return Document(std::move(state_->storage));
}

}  // namespace linkway::text
