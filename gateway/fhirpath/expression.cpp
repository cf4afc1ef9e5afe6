// The public face: compile a tree, run it, test it as a condition.
#include "fhirpath/expression.h"

#include "compiler.h"

namespace linkway::fhirpath {

Expression::Expression(std::unique_ptr<Program> program)
    : program_(std::move(program)), root_(program_->root) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

const StaticType& Expression::type() const {
    return program_->type;
}

const Expr& Expression::ast() const {
    return *program_->ast;
}

namespace {

text::Issue no_memory(const Expression::Program& program) {
    return {text::Severity::error,
            "processing",
            "the expression was run without memory to work in",
            program.at,
            {}};
}

}  // namespace

// `out` may hold earlier results, but steps want an empty collection to fill.
text::Status Expression::evaluate(Runtime& runtime, Collection& out) const {
    if (runtime.arena == nullptr) {
        return no_memory(*program_);
    }
    Machine machine(*program_, runtime);
    machine.self = runtime.context;
    if (out.empty()) {
        return machine.eval(*root_, out) ? text::Status(std::nullopt) : machine.take_issue();
    }
    Collection result;
    if (!machine.eval(*root_, result) || !machine.append(*root_, out, result)) {
        return machine.take_issue();
    }
    return std::nullopt;
}

const Collection* Expression::read(Runtime& runtime, Collection& scratch,
                                   text::Status& failure) const {
    if (runtime.arena == nullptr) {
        failure = no_memory(*program_);
        return nullptr;
    }
    Machine machine(*program_, runtime);
    machine.self = runtime.context;
    scratch.clear();
    const Collection* items = machine.read(*root_, scratch);
    if (items == nullptr) {
        failure = machine.take_issue();
    }
    return items;
}

text::Result<bool> Expression::test(Runtime& runtime) const {
    Collection scratch;
    text::Status failure = std::nullopt;
    const Collection* items = read(runtime, scratch, failure);
    if (items == nullptr) {
        return std::move(*failure);
    }
    const Collection& result = *items;
    if (result.empty()) {
        return false;
    }
    if (result.size() > 1 || result[0].kind != ValueKind::boolean) {
        return text::Issue{text::Severity::error,
                           "processing",
                           "a condition must give true or false",
                           locate(*program_->ast, program_->at),
                           {}};
    }
    return result[0].boolean;
}

std::optional<Expression> compile(ExprPtr ast, const Environment& environment,
                                  const text::Location& at, text::Issues& issues) {
    auto program = std::make_unique<Expression::Program>();
    program->ast = std::move(ast);
    program->at = at;
    Compiler compiler(*program, environment, issues);
    Scope scope;
    scope.has_focus = !environment.strict;
    if (environment.context != nullptr) {
        scope.focus.of = StaticType::Of::fhir;
        scope.focus.kind = ValueKind::node;
        scope.focus.type = environment.context;
    }
    const Checked root = compiler.check(*program->ast, scope);
    if (compiler.failed()) {
        return std::nullopt;
    }
    if (environment.shared != nullptr) {
        std::vector<Step*> calls;
        for (Step& step : program->steps) {
            if (step.op == Op::call || step.op == Op::external) {
                calls.push_back(&step);
            }
        }
        environment.shared->collect(calls);
    }
    program->root = root.step;
    program->type = root.type;
    return Expression(std::move(program));
}

}  // namespace linkway::fhirpath
