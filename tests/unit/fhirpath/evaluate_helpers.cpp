#include "evaluate_helpers.h"

#include <stdexcept>

namespace linkway::fhirpath::testing {

namespace {

constexpr std::string_view patient_json = R"({
  "resourceType": "Patient",
  "id": "p1",
  "active": true,
  "contained": [{"resourceType": "Organization", "id": "o1", "name": "Ward"}],
  "extension": [{"url": "http://x/place", "valueAddress": {"city": "Leeds"}},
                {"url": "http://x/size", "valueQuantity": {"value": 1.80, "unit": "m", "system": "http://unitsofmeasure.org", "code": "m"}}],
  "identifier": [{"system": "http://n", "value": "9990000018", "period": {"start": "2001-05-06"}}],
  "name": [{"use": "official", "family": "Tester", "given": ["Ann", "Bea"], "_given": [null, {"extension": [{"url": "http://x/q", "valueCode": "MID"}]}]},
           {"use": "usual", "given": ["Annie"]}],
  "telecom": [{"system": "phone", "value": "0113 496 0000", "rank": 2}, {"system": "email", "value": "a@example.org"}],
  "gender": "female",
  "birthDate": "1974-12-25",
  "_birthDate": {"extension": [{"url": "http://x/time", "valueDateTime": "1974-12-25T14:35:45Z"}]},
  "_language": {"id": "L", "extension": [{"url": "http://x/none", "valueBoolean": true}]},
  "deceasedBoolean": false,
  "multipleBirthInteger": 2,
  "contact": [{"name": {"family": "Helper"}, "gender": "male"}]
})";

const RecordType& practice_type() {
    static const RecordType type = [] {
        RecordType made;
        made.name = "Admin_Organisation";
        made.fields.push_back({"Name", ValueKind::string, nullptr, false});
        made.fields.push_back({"Opened", ValueKind::date, nullptr, false});
        made.fields.push_back({"parent", ValueKind::record, &made, false});
        return made;
    }();
    return type;
}

class Practice final : public Record {
  public:
    Practice() : Record(practice_type()) {}
    void field(std::size_t index, Collection& out,
               std::pmr::memory_resource& arena) const override {
        if (index == 0) {
            out.push_back(Value::of_string("North Surgery"), arena);
        } else if (index == 1) {
            out.push_back(Value::of_text(ValueKind::date, "1990-04-01"), arena);
        }
    }
};

class Row final : public Record {
  public:
    Row() : Record(row_type()) {}
    void field(std::size_t index, Collection& out,
               std::pmr::memory_resource& arena) const override {
        static const Practice practice;
        switch (index) {
            case 0:
                out.push_back(Value::of_integer(1234567), arena);
                break;
            case 1:
                out.push_back(Value::of_string("XaB12"), arena);
                break;
            case 2:
                out.push_back(Value::of_text(ValueKind::date, "2023-05-17"), arena);
                break;
            case 3:
                out.push_back(Value::of_text(ValueKind::decimal, "12.50"), arena);
                break;
            case 4:
                out.push_back(Value::of_boolean(false), arena);
                break;
            case 6:
                out.push_back(Value::of_record(practice), arena);
                break;
            case 7:
                for (const char* tag : {"x", "y", "x"}) {
                    out.push_back(Value::of_string(tag), arena);
                }
                break;
            default:  // 5 is a cell without content
                break;
        }
    }
};

}  // namespace

const RecordType& row_type() {
    static const RecordType type = [] {
        RecordType made;
        made.name = "CareRecord_Observation";
        made.fields.push_back({"CodeId", ValueKind::integer, nullptr, false});
        made.fields.push_back({"Code", ValueKind::string, nullptr, false});
        made.fields.push_back({"EffectiveDate", ValueKind::date, nullptr, false});
        made.fields.push_back({"Value", ValueKind::decimal, nullptr, false});
        made.fields.push_back({"Deleted", ValueKind::boolean, nullptr, false});
        made.fields.push_back({"AssociatedText", ValueKind::string, nullptr, false});
        made.fields.push_back({"practice", ValueKind::record, &practice_type(), false});
        made.fields.push_back({"tags", ValueKind::string, nullptr, true});
        return made;
    }();
    return type;
}

const Record& row() {
    static const Row only;
    return only;
}

const text::Document& patient() {
    static const text::Document document = [] {
        auto parsed = text::parse_json(patient_json, "patient.json");
        if (!parsed.ok()) {
            throw std::logic_error("the test patient does not parse");
        }
        return std::move(parsed).value();
    }();
    return document;
}

Environment environment(bool strict) {
    Environment env;
    env.strict = strict;
    StaticType record;
    record.of = StaticType::Of::record;
    record.kind = ValueKind::record;
    record.record = &row_type();
    StaticType resource;
    resource.of = StaticType::Of::fhir;
    resource.kind = ValueKind::node;
    resource.type = fhir::Definitions::r4().type("Patient");
    StaticType string;
    string.of = StaticType::Of::system;
    StaticType strings = string;
    strings.many = true;
    env.variables = {{"row", record},  {"patient", resource}, {"any", {}},
                     {"text", string}, {"list", strings},     {"nothing", string}};
    env.context = strict ? nullptr : resource.type;

    Function shout;
    shout.name = "shout";
    shout.result = string;
    shout.max_args = 1;
    shout.call = [](const void* context, const Collection& focus, std::span<const Collection>,
                    Collection& out, Runtime& runtime) -> text::Status {
        if (focus.empty()) {
            return text::Issue{text::Severity::error, "value", "nothing to shout", {}, {}};
        }
        const auto* suffix = static_cast<const std::string*>(context);
        out.push_back(suffix != nullptr ? Value::of_string(*suffix) : focus[0], *runtime.arena);
        return {};
    };
    shout.bind = [](std::span<const std::optional<std::string>> literals)
        -> text::Result<std::shared_ptr<const void>> {
        if (literals.empty()) {
            return std::shared_ptr<const void>{};
        }
        if (!literals[0] || *literals[0] == "bad") {
            return text::Issue{
                text::Severity::error, "not-found", "no such suffix", {}, "use 'ok'"};
        }
        return std::shared_ptr<const void>(std::make_shared<std::string>(*literals[0]));
    };
    env.functions.push_back(shout);
    return env;
}

std::string show(const Value& value) {
    switch (value.kind) {
        case ValueKind::boolean:
            return value.boolean ? "true" : "false";
        case ValueKind::integer:
            return std::to_string(value.integer);
        case ValueKind::quantity:
            return std::string(value.text) + " '" + std::string(value.unit) + "'";
        case ValueKind::node:
            return "<" + std::string(value.type != nullptr ? value.type->name : "?") + ">";
        case ValueKind::record:
            return "<" + std::string(value.record->type().name) + ">";
        default:
            return std::string(value.text);
    }
}

namespace {

std::string run_with(std::string_view expression, bool strict, std::uint32_t steps) {
    auto parsed = parse(expression);
    if (!parsed.ok()) {
        return "!" + parsed.issue().message;
    }
    text::Issues issues;
    const auto compiled = compile(std::move(parsed).value(), environment(strict), {}, issues);
    if (!compiled) {
        return "?" + std::to_string(issues.front().location.line) + ":" +
               std::to_string(issues.front().location.column) + ": " + issues.front().message;
    }
    std::pmr::monotonic_buffer_resource arena;
    const Value person = Value::of_node(patient().root(), fhir::Definitions::r4().type("Patient"));
    const Value unknown = Value::of_node(patient().root(), nullptr);
    Collection list;
    for (const char* item : {"a", "b", "c"}) {
        list.push_back(Value::of_string(item), arena);
    }
    const std::vector<Collection> variables = {Collection(Value::of_record(row())),
                                               Collection(person),
                                               Collection(unknown),
                                               Collection(Value::of_string("abc")),
                                               list,
                                               Collection()};
    Runtime runtime;
    runtime.variables = variables;
    runtime.arena = &arena;
    runtime.now = "2024-02-29T10:11:12+00:00";
    runtime.context = strict ? nullptr : &person;
    runtime.steps_left = steps;
    Collection out;
    if (const auto status = compiled->evaluate(runtime, out)) {
        return "!" + status->message;
    }
    std::string shown;
    for (const Value& value : out) {
        shown += (shown.empty() ? "" : "; ") + show(value);
    }
    return shown;
}

}  // namespace

std::string run(std::string_view expression, bool strict) {
    return run_with(expression, strict, 1'000'000);
}

std::string run_within(std::string_view expression, std::uint32_t steps) {
    return run_with(expression, true, steps);
}

std::string mistakes(std::string_view expression, bool strict) {
    auto parsed = parse(expression);
    text::Issues issues;
    if (!parsed.ok()) {
        return to_string(parsed.issue());
    }
    (void)compile(std::move(parsed).value(), environment(strict), {"m.yaml", 3, 11, ""}, issues);
    std::string lines;
    for (const text::Issue& issue : issues) {
        lines += to_string(issue) + "\n";
    }
    return lines;
}

std::string type_of(std::string_view expression) {
    auto parsed = parse(expression);
    text::Issues issues;
    if (!parsed.ok()) {
        return "!" + parsed.issue().message;
    }
    const auto compiled = compile(std::move(parsed).value(), environment(), {}, issues);
    return compiled ? to_string(compiled->type()) : "?" + issues.front().message;
}

}  // namespace linkway::fhirpath::testing
