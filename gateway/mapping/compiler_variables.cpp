// What is known before anything runs of the objects and lists that {% assign %} puts into
// variables: the names in them, and whether they may stand where they are used.
#include <algorithm>

#include "compiler.h"

namespace linkway::mapping {

namespace {

using fhirpath::Expr;
using fhirpath::ExprKind;

/// The members that a form may give, found through lists, conditions, loops and merges. `open` says
/// that there may be others.
struct Shape {
    std::vector<std::pair<std::string, const Form*>> members;
    bool open = false;

    void add(const Form& form) {
        switch (form.kind) {
            case FormKind::array:
                for (const FormPtr& item : form.items) {
                    add(*item);
                }
                break;
            case FormKind::object:
                for (const Entry& entry : form.entries) {
                    add(entry);
                }
                break;
            case FormKind::value:
            case FormKind::all_items:
                open = true;
                break;
            default:
                break;
        }
    }

  private:
    void add(const Entry& entry) {
        if (entry.kind == EntryKind::member) {
            members.emplace_back(entry.name, entry.value.get());
        } else if (entry.kind != EntryKind::assign) {
            add(*entry.value);
            if (entry.otherwise) {
                add(*entry.otherwise);
            }
        }
    }
};

}  // namespace

/// What a bare variable holds, when that is an object or list written in the template.
const Form* Compiler::form_of(const Expr& expr) const {
    if (expr.kind != ExprKind::variable) {
        return nullptr;
    }
    for (std::size_t slot = environment_.variables.size(); slot-- > given_;) {
        if (environment_.variables[slot].name == expr.name) {
            return slot < forms_.size() ? forms_[slot] : nullptr;
        }
    }
    return nullptr;
}

/// What a path such as %name.code gives, when all of it is written in the template; else nothing.
std::vector<const Form*> Compiler::forms_of(const Expr& expr) const {
    if (const Form* form = form_of(expr); form != nullptr) {
        return {form};
    }
    if (expr.kind == ExprKind::index && expr.focus) {
        return forms_of(*expr.focus);
    }
    std::vector<const Form*> result;
    if (expr.kind == ExprKind::member && expr.focus) {
        for (const Form* form : forms_of(*expr.focus)) {
            Shape shape;
            shape.add(*form);
            if (shape.open) {
                return {};
            }
            for (const auto& [name, inner] : shape.members) {
                if (name == expr.name) {
                    result.push_back(inner);
                }
            }
        }
    }
    return result;
}

/// A name that no object of the variable has is a mistake.
void Compiler::check_paths(const Expr& expr, const text::Location& at) {
    if (expr.focus) {
        check_paths(*expr.focus, at);
    }
    for (const fhirpath::ExprPtr& operand : expr.operands) {
        check_paths(*operand, at);
    }
    if (expr.kind != ExprKind::member || !expr.focus) {
        return;
    }
    Shape shape;
    for (const Form* form : forms_of(*expr.focus)) {
        // Plain values among them are FHIRPath's to judge.
        if (form->kind != FormKind::object && form->kind != FormKind::array) {
            return;
        }
        shape.add(*form);
    }
    Names names;
    for (const auto& [name, form] : shape.members) {
        names.push_back(name);
    }
    const bool found = std::find(names.begin(), names.end(), expr.name) != names.end();
    if (!names.empty() && !shape.open && !found) {
        fail("not-found", fhirpath::locate(expr, at),
             "the object assigned here has no " + quoted(expr.name),
             text::did_you_mean(expr.name, names));
    }
}

/// Where a whole variable is used, what was assigned is compiled as if it stood there: mistakes in
/// it are known before it runs. Each pair of form and type is tried once.
void Compiler::check_use(const Expr& expr, const Target& target) {
    const Form* form = form_of(expr);
    if (form == nullptr || target.type == nullptr || !tried_.emplace(form, target.type).second) {
        return;
    }
    // A name that was given later must not hide what the form used.
    fhirpath::Environment environment = environment_;
    while (environment.variables.back().name != expr.name) {
        environment.variables.pop_back();
    }
    Plan::Program unused;
    Compiler trial(unused, std::move(environment), issues_);
    trial.given_ = given_;
    trial.forms_ = forms_;
    trial.tried_ = tried_;
    trial.item(*form, target);
    tried_ = std::move(trial.tried_);
}

}  // namespace linkway::mapping
