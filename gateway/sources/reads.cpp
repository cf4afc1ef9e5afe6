#include "sources/reads.h"

namespace linkway::sources {

namespace {

using fhirpath::Expr;
using fhirpath::ExprKind;
using fhirpath::RecordType;

/// Walks an expression, working out which record type each part yields.
class Walker {
  public:
    Walker(const std::vector<Root>& roots, std::function<void(const RecordType*, int)> read,
           std::function<void(const Expr&, const RecordType*)> call)
        : roots_(roots), read_(std::move(read)), call_(std::move(call)) {}

    /// Record type of the items the expression yields, or null; `focus` is that of the implicit
    /// focus.
    const RecordType* walk(const Expr& expr, const RecordType* focus) {
        switch (expr.kind) {
            case ExprKind::variable:
                for (const Root& root : roots_) {
                    if (root.name == expr.name) {
                        return root.type;
                    }
                }
                return nullptr;
            case ExprKind::special:
                return expr.name == "$this" ? focus : nullptr;
            case ExprKind::member: {
                const RecordType* from = expr.focus ? walk(*expr.focus, focus) : focus;
                return from == nullptr ? nullptr : member(*from, expr.name);
            }
            case ExprKind::function: {
                const RecordType* from = expr.focus ? walk(*expr.focus, focus) : focus;
                call_(expr, from);
                if (from != nullptr && names_column(expr)) {
                    member(*from, expr.operands.front()->text);
                }
                for (const auto& operand : expr.operands) {
                    walk(*operand, from);
                }
                return keeps_items(expr.name) ? from : nullptr;
            }
            default:
                break;
        }
        const RecordType* from = expr.focus ? walk(*expr.focus, focus) : nullptr;
        for (const auto& operand : expr.operands) {
            walk(*operand, focus);
        }
        return expr.kind == ExprKind::index ? from : nullptr;
    }

  private:
    const RecordType* member(const RecordType& from, std::string_view name) {
        const int field = from.find(name);
        if (field < 0) {
            return nullptr;
        }
        read_(&from, field);
        return from.fields[static_cast<std::size_t>(field)].record;
    }

    /// raw('Column') and isBroken('Column') read the column they name.
    static bool names_column(const Expr& call) {
        return (call.name == "raw" || call.name == "isBroken") && call.operands.size() == 1 &&
               call.operands.front()->kind == ExprKind::literal;
    }

    static bool keeps_items(std::string_view function) {
        static constexpr std::string_view names[] = {"where", "first", "last", "single",
                                                     "tail",  "skip",  "take", "distinct"};
        for (const std::string_view name : names) {
            if (name == function) {
                return true;
            }
        }
        return false;
    }

    const std::vector<Root>& roots_;
    std::function<void(const RecordType*, int)> read_;
    std::function<void(const Expr&, const RecordType*)> call_;
};

bool is_path(const Expr& expr, std::string_view variable) {
    return expr.kind == ExprKind::member && expr.focus && expr.focus->kind == ExprKind::variable &&
           expr.focus->name == variable;
}

/// False when the variable is used in any other way than through `field`, which is set at its first
/// use.
bool collect_path(const Expr& expr, std::string_view variable, std::string_view& field) {
    if (is_path(expr, variable)) {
        if (!field.empty() && field != expr.name) {
            return false;
        }
        field = expr.name;
        return true;
    }
    if (expr.kind == ExprKind::variable && expr.name == variable) {
        return false;
    }
    if (expr.focus && !collect_path(*expr.focus, variable, field)) {
        return false;
    }
    for (const auto& operand : expr.operands) {
        if (!collect_path(*operand, variable, field)) {
            return false;
        }
    }
    return true;
}

void shorten(fhirpath::ExprPtr& expr, std::string_view variable, std::string_view field) {
    if (is_path(*expr, variable) && expr->name == field) {
        auto replacement = std::make_unique<Expr>();
        replacement->kind = ExprKind::variable;
        replacement->name = field;
        replacement->offset = expr->offset;
        expr = std::move(replacement);
        return;
    }
    if (expr->focus) {
        shorten(expr->focus, variable, field);
    }
    for (auto& operand : expr->operands) {
        shorten(operand, variable, field);
    }
}

}  // namespace

std::vector<Read> reads(const Expr& expression, const std::vector<Root>& roots) {
    std::vector<Read> result;
    Walker(
        roots,
        [&](const RecordType* type, int field) {
            result.push_back({type, field});
        },
        [](const Expr&, const RecordType*) {})
        .walk(expression, nullptr);
    return result;
}

void each_call(const Expr& expression, const std::vector<Root>& roots,
               const std::function<void(const Expr&, const RecordType*)>& visit) {
    Walker(
        roots, [](const RecordType*, int) {}, visit)
        .walk(expression, nullptr);
}

std::string_view only_path(const Expr& expression, std::string_view variable) {
    std::string_view field;
    return collect_path(expression, variable, field) ? field : std::string_view{};
}

fhirpath::ExprPtr shortened(const Expr& expression, std::string_view variable,
                            std::string_view field) {
    fhirpath::ExprPtr copy = expression.clone();
    shorten(copy, variable, field);
    return copy;
}

}  // namespace linkway::sources
