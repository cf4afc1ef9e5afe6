// An expression taken apart: each part is compiled and evaluated by itself, so that the engine need
// not tell of what it does and stays fast.
#include <algorithm>
#include <set>

#include "mapping/trace.h"
#include "value_writer.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Expr;
using fhirpath::ExprKind;
using fhirpath::ExprPtr;
using fhirpath::Value;
using fhirpath::ValueKind;

constexpr std::size_t most_parts = 200;
constexpr std::size_t most_items = 5;  // of a focus whose criteria are shown
constexpr std::size_t most_text = 200;

bool is_among(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Operands of these are evaluated for each item of the focus, with $this.
bool has_criteria(const Expr& expr) {
    return expr.kind == ExprKind::function &&
           is_among(expr.name, {"where", "select", "all", "exists"});
}

/// Operands of these depend on more than their focus: only the whole can be shown.
bool is_opaque(const Expr& expr) {
    return expr.kind == ExprKind::function &&
           is_among(expr.name, {"repeat", "aggregate", "sort", "trace"});
}

ExprPtr item_of(const Expr& focus, std::size_t index) {
    auto item = std::make_unique<Expr>();
    item->kind = ExprKind::index;
    item->focus = focus.clone();
    auto number = std::make_unique<Expr>();
    number->literal = fhirpath::LiteralKind::integer;
    number->text = std::to_string(index);
    item->operands.push_back(std::move(number));
    return item;
}

/// Puts `item` where $this or an implicit focus stands.
void put_for_this(ExprPtr& expr, const Expr& item) {
    if (expr->kind == ExprKind::special) {
        if (expr->name == "$this") {
            expr = item.clone();
        }
        return;
    }
    if (expr->focus) {
        put_for_this(expr->focus, item);
    } else if (expr->kind == ExprKind::member) {
        expr->focus = item.clone();
    }
    if (has_criteria(*expr) || is_opaque(*expr)) {
        return;  // theirs is another $this
    }
    for (ExprPtr& operand : expr->operands) {
        put_for_this(operand, item);
    }
}

TracedValue traced(const Value& value) {
    if (value.kind == ValueKind::record) {
        return {std::string(value.record->type().name), value.record};
    }
    if (value.kind == ValueKind::node) {
        std::string json;
        text::append_json(json, *value.node);
        if (json.size() > most_text) {
            json.resize(most_text);
            json += "...";
        }
        return {std::move(json), nullptr};
    }
    std::array<char, 24> buffer;
    std::string text(spelt(value, buffer));
    if (value.kind == ValueKind::quantity) {
        text += " '" + std::string(value.unit) + "'";
    }
    return {std::move(text), nullptr};
}

class Parts {
  public:
    Parts(const fhirpath::Environment& environment, fhirpath::Runtime& runtime)
        : environment_(environment), runtime_(runtime) {
        environment_.shared = nullptr;
    }

    void visit(const Expr& expr) {
        if (expr.kind == ExprKind::literal || expr.kind == ExprKind::variable ||
            expr.kind == ExprKind::special || parts_.size() >= most_parts) {
            return;
        }
        if (expr.focus) {
            visit(*expr.focus);
        }
        if (has_criteria(expr)) {
            visit_criteria(expr);
        } else if (expr.kind == ExprKind::function && expr.name == "iif") {
            visit_choice(expr);
        } else if (expr.kind == ExprKind::binary) {
            visit_sides(expr);
        } else if (!is_opaque(expr)) {
            for (const ExprPtr& operand : expr.operands) {
                visit(*operand);
            }
        }
        add(expr);
    }

    std::vector<TracedPart> take() { return std::move(parts_); }

  private:
    /// What an expression gives: it may point into the compiled expression, which is kept.
    Collection evaluate(const Expr& expr, std::string& failed) {
        text::Issues issues;
        auto compiled = fhirpath::compile(expr.clone(), environment_, {}, issues);
        Collection result;
        if (!compiled) {
            failed = issues.empty() ? "it can't be evaluated alone" : issues.front().message;
            return result;
        }
        compiled_.push_back(std::move(*compiled));
        if (const text::Status status = compiled_.back().evaluate(runtime_, result)) {
            failed = status->message;
            result.clear();
        }
        return result;
    }

    bool is_true(const Expr& expr) {
        std::string failed;
        const Collection result = evaluate(expr, failed);
        return result.size() == 1 && result[0].kind == ValueKind::boolean && result[0].boolean;
    }

    void visit_criteria(const Expr& call) {
        if (!call.focus || call.operands.empty()) {
            return;
        }
        std::string failed;
        const std::size_t items = evaluate(*call.focus, failed).size();
        for (std::size_t i = 0; i < std::min(items, most_items); ++i) {
            const ExprPtr item = items == 1 ? call.focus->clone() : item_of(*call.focus, i);
            ExprPtr criteria = call.operands.front()->clone();
            put_for_this(criteria, *item);
            visit(*criteria);
        }
    }

    /// iif(): the branch that was taken.
    void visit_choice(const Expr& call) {
        if (call.operands.empty()) {
            return;
        }
        visit(*call.operands[0]);
        const std::size_t taken = is_true(*call.operands[0]) ? 1 : 2;
        if (taken < call.operands.size()) {
            visit(*call.operands[taken]);
        }
    }

    /// The right side only where the left one does not decide. Of a chain such as a | b | c the
    /// members and the whole are told.
    void visit_sides(const Expr& expr) {
        const Expr& left = *expr.operands[0];
        if (left.kind == ExprKind::binary && left.name == expr.name) {
            visit_sides(left);
        } else {
            visit(left);
        }
        const bool decided = (expr.name == "or" && is_true(*expr.operands[0])) ||
                             (expr.name == "and" && is_false(*expr.operands[0]));
        if (!decided) {
            visit(*expr.operands[1]);
        }
    }

    bool is_false(const Expr& expr) {
        std::string failed;
        const Collection result = evaluate(expr, failed);
        return result.size() == 1 && result[0].kind == ValueKind::boolean && !result[0].boolean;
    }

    void add(const Expr& expr) {
        TracedPart part;
        part.expression = fhirpath::print(expr);
        if (!seen_.insert(part.expression).second || parts_.size() >= most_parts) {
            return;
        }
        for (const Value& value : evaluate(expr, part.failed)) {
            part.values.push_back(traced(value));
        }
        if (expr.kind == ExprKind::member && expr.focus) {
            std::string ignored;
            for (const Value& value : evaluate(*expr.focus, ignored)) {
                const int field =
                    value.kind == ValueKind::record ? value.record->type().find(expr.name) : -1;
                if (field >= 0) {
                    part.reads.push_back({value.record, static_cast<std::size_t>(field)});
                }
            }
        }
        parts_.push_back(std::move(part));
    }

    fhirpath::Environment environment_;
    fhirpath::Runtime& runtime_;
    std::vector<TracedPart> parts_;
    std::vector<fhirpath::Expression> compiled_;
    std::set<std::string> seen_;
};

}  // namespace

std::vector<TracedPart> trace(const Expr& expression, const fhirpath::Environment& environment,
                              fhirpath::Runtime& runtime) {
    // Results of shared calls belong to the run that is being explained.
    const auto shared = runtime.shared;
    runtime.shared = {};
    Parts parts(environment, runtime);
    parts.visit(expression);
    runtime.shared = shared;
    return parts.take();
}

}  // namespace linkway::mapping
