#include "fhir/definitions.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "catch.h"

using namespace linkway::fhir;

namespace {

const Definitions& r4() {
    return Definitions::r4();
}

const TypeDefinition& type(std::string_view name) {
    const TypeDefinition* found = r4().type(name);
    REQUIRE(found != nullptr);
    return *found;
}

const ElementDefinition& element(std::string_view owner, std::string_view json_name) {
    const ElementDefinition* found = type(owner).element(json_name);
    INFO(owner << "." << json_name);
    REQUIRE(found != nullptr);
    return *found;
}

/// The only type of an element.
std::string type_of(std::string_view owner, std::string_view json_name) {
    const ElementDefinition& found = element(owner, json_name);
    REQUIRE(found.types.size() == 1);
    return std::string(found.types.front()->name);
}

std::vector<std::string> texts(std::span<const std::string_view> views) {
    return {views.begin(), views.end()};
}

std::string capitalised(std::string_view name) {
    std::string out(name);
    if (out.front() >= 'a' && out.front() <= 'z') {
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
    }
    return out;
}

}  // namespace

TEST_CASE("All of R4 4.0.1 is there, and nothing else") {
    std::map<TypeKind, int> count;
    for (const TypeDefinition* each : r4().types()) {
        ++count[each->kind];
    }
    CHECK(r4().types().size() == 682);
    CHECK(count[TypeKind::resource] == 148);  // Resource and DomainResource among them
    CHECK(count[TypeKind::complex] == 41);    // Element and BackboneElement among them
    CHECK(count[TypeKind::primitive] == 20);
    CHECK(count[TypeKind::backbone] == 473);
    CHECK(r4().codes("http://hl7.org/fhir/ValueSet/resource-types").size() == 148);

    CHECK(type("Patient").elements.size() == 24);
    CHECK(type("ServiceRequest").elements.size() == 41);
    CHECK(type("Task").elements.size() == 39);
    CHECK(type("Observation").elements.size() == 32);
    CHECK(type("Provenance").elements.size() == 18);
    CHECK(type("Timing.repeat").elements.size() == 17);

    // What a repackaging of the definitions added from R4B, R5 or its own needs.
    CHECK(r4().type("SubscriptionStatus") == nullptr);
    CHECK(type("Meta").element("project") == nullptr);
    CHECK(type("Binary").element("url") == nullptr);
    CHECK(type("ResearchStudy").element("name") == nullptr);
}

TEST_CASE("Every resource in the published list of resource types has a definition") {
    for (const std::string_view name : r4().codes("http://hl7.org/fhir/ValueSet/resource-types")) {
        INFO(name);
        const TypeDefinition* found = r4().type(name);
        REQUIRE(found != nullptr);
        CHECK(found->kind == TypeKind::resource);
        CHECK(found->is_a("Resource"));
    }
}

TEST_CASE("Names that are none give nothing") {
    CHECK(r4().type("") == nullptr);
    CHECK(r4().type("patient") == nullptr);
    CHECK(r4().type("Patient.nothing") == nullptr);
    CHECK(type("Patient").element("") == nullptr);
    CHECK(type("Patient").element("Name") == nullptr);
    CHECK(type("Patient").element("_birthDate") == nullptr);
    CHECK(type("Patient").element("resourceType") == nullptr);
    CHECK(type("Patient").path_element("nothing") == nullptr);
}

TEST_CASE("Elements know their type, cardinality and flags") {
    CHECK(type_of("Patient", "name") == "HumanName");
    CHECK(element("Patient", "name").many);
    CHECK_FALSE(element("Patient", "name").required);
    CHECK_FALSE(element("Patient", "birthDate").many);
    CHECK(element("ServiceRequest", "subject").required);
    CHECK(element("ServiceRequest", "status").modifier);
    CHECK(element("ServiceRequest", "status").summary);
    CHECK_FALSE(element("ServiceRequest", "note").summary);
    CHECK(type_of("Patient", "id") == "id");
    CHECK(type_of("HumanName", "id") == "string");
    CHECK(type_of("Patient", "contained") == "Resource");
    CHECK(type_of("Extension", "url") == "uri");
    CHECK(element("Extension", "url").required);
    CHECK(type_of("Narrative", "div") == "xhtml");
}

TEST_CASE("Backbone elements have types of their own, and references to content are resolved") {
    CHECK(type_of("Patient", "contact") == "Patient.contact");
    CHECK(type("Patient.contact").kind == TypeKind::backbone);
    CHECK(type_of("Patient.contact", "name") == "HumanName");
    CHECK(type_of("Timing", "repeat") == "Timing.repeat");
    CHECK(type_of("Questionnaire.item", "item") == "Questionnaire.item");
    CHECK(type_of("Bundle.entry", "link") == "Bundle.link");
    CHECK(type_of("Observation.component", "referenceRange") == "Observation.referenceRange");
    CHECK(type_of("Provenance.entity", "agent") == "Provenance.agent");
}

TEST_CASE("A choice is found by each of its JSON names") {
    const TypeDefinition& observation = type("Observation");
    const ElementDefinition& value = element("Observation", "valueQuantity");
    CHECK(value.choice);
    CHECK(value.name == "value");
    CHECK(value.types.size() == 11);
    CHECK(observation.element("valueDateTime") == &value);
    CHECK(observation.element_type(value, "valueDateTime")->name == "dateTime");
    CHECK(observation.element_type(value, "valueCodeableConcept")->name == "CodeableConcept");
    CHECK(observation.element("valueAddress") == nullptr);
    CHECK(observation.element_type(value, "valueAddress") == nullptr);
    CHECK(observation.element("valuequantity") == nullptr);
    CHECK(observation.element("valueQuantityx") == nullptr);
    CHECK(observation.element_type(element("Observation", "code"), "code")->name ==
          "CodeableConcept");

    CHECK(observation.element("value") == nullptr);
    CHECK(observation.path_element("value") == &value);
    CHECK(observation.path_element("valueQuantity") == nullptr);
    CHECK(observation.path_element("code") == &element("Observation", "code"));
    CHECK(element("Extension", "valueMeta").types.size() == 50);
    CHECK(element("Patient", "deceasedBoolean").name == "deceased");
    CHECK(type("Patient")
              .element_type(element("Patient", "multipleBirthInteger"), "multipleBirthInteger")
              ->name == "integer");
}

TEST_CASE("References name the resources they may lead to") {
    CHECK(texts(element("ServiceRequest", "subject").reference_targets) ==
          std::vector<std::string>{"Patient", "Group", "Location", "Device"});
    CHECK(texts(element("Patient", "managingOrganization").reference_targets) ==
          std::vector<std::string>{"Organization"});
    CHECK(element("Task", "focus").reference_targets.empty());         // any resource
    CHECK(element("Provenance", "target").reference_targets.empty());  // any resource
    CHECK(element("Patient", "birthDate").reference_targets.empty());
}

TEST_CASE("The base chain says what a type is") {
    CHECK(type("Patient").is_a("Patient"));
    CHECK(type("Patient").is_a("DomainResource"));
    CHECK(type("Patient").is_a("Resource"));
    CHECK_FALSE(type("Patient").is_a("Element"));
    CHECK_FALSE(type("Bundle").is_a("DomainResource"));
    CHECK(type("code").is_a("string"));
    CHECK(type("canonical").is_a("uri"));
    CHECK(type("positiveInt").is_a("integer"));
    CHECK(type("Age").is_a("Quantity"));
    CHECK(type("Timing").is_a("BackboneElement"));
    CHECK(type("Timing.repeat").is_a("Element"));
    CHECK_FALSE(type("Timing.repeat").is_a("BackboneElement"));
    CHECK(type("Patient.contact").is_a("BackboneElement"));
    CHECK(type("Resource").is_abstract);
    CHECK(type("DomainResource").is_abstract);
    CHECK_FALSE(type("Patient").is_abstract);
    CHECK(type("Resource").base == nullptr);
}

TEST_CASE("Inherited elements come first, and an own one replaces them") {
    const auto names = [](std::string_view owner) {
        std::vector<std::string> out;
        for (const ElementDefinition& each : type(owner).elements) {
            out.emplace_back(each.name);
        }
        return out;
    };
    const std::vector<std::string> of_patient = names("Patient");
    const std::vector<std::string> head(of_patient.begin(), of_patient.begin() + 10);
    CHECK(head == std::vector<std::string>{"id", "meta", "implicitRules", "language", "text",
                                           "contained", "extension", "modifierExtension",
                                           "identifier", "active"});
    CHECK(names("Patient.link") ==
          std::vector<std::string>{"id", "extension", "modifierExtension", "other", "type"});
    CHECK(names("Age") == std::vector<std::string>{"id", "extension", "value", "comparator", "unit",
                                                   "system", "code"});
    CHECK(names("string") == std::vector<std::string>{"id", "extension"});
    CHECK(names("xhtml") == std::vector<std::string>{"id"});  // R4 forbids extensions on xhtml
}

TEST_CASE("Required bindings have exactly the published codes") {
    const std::string_view status = element("Task", "status").required_value_set;
    CHECK(status == "http://hl7.org/fhir/ValueSet/task-status");
    CHECK(texts(r4().codes(status)) ==
          std::vector<std::string>{"draft", "requested", "received", "accepted", "rejected",
                                   "ready", "cancelled", "in-progress", "on-hold", "failed",
                                   "completed", "entered-in-error"});
    CHECK(texts(r4().codes(element("ServiceRequest", "intent").required_value_set)) ==
          std::vector<std::string>{"proposal", "plan", "directive", "order", "original-order",
                                   "reflex-order", "filler-order", "instance-order", "option"});
    CHECK(texts(r4().codes(element("ServiceRequest", "status").required_value_set)) ==
          std::vector<std::string>{"draft", "active", "on-hold", "revoked", "completed",
                                   "entered-in-error", "unknown"});
    CHECK(r4().has_code(status, "on-hold") == true);
    CHECK(r4().has_code(status, "On-hold") == false);
    CHECK(r4().has_code(status, "") == false);
    CHECK(element("ServiceRequest", "category").required_value_set.empty());  // an example binding

    // A concept that only groups others is no code to choose.
    const std::string_view item_type = element("Questionnaire.item", "type").required_value_set;
    CHECK(r4().has_code(item_type, "choice") == true);
    CHECK(r4().has_code(item_type, "question") == false);
}

TEST_CASE("Value sets that are not enumerated answer that they do not know") {
    const std::string_view mime_types = element("Attachment", "contentType").required_value_set;
    CHECK(mime_types == "http://hl7.org/fhir/ValueSet/mimetypes");
    CHECK_FALSE(r4().has_code(mime_types, "text/plain").has_value());
    CHECK(r4().codes(mime_types).empty());
    CHECK_FALSE(r4().has_code("http://example.org/none", "x").has_value());
    CHECK_FALSE(r4().has_code("", "").has_value());
    CHECK(r4().codes("").empty());

    std::set<std::string> open;
    for (const TypeDefinition* each : r4().types()) {
        for (const ElementDefinition& member : each->elements) {
            if (!member.required_value_set.empty() &&
                r4().codes(member.required_value_set).empty()) {
                open.emplace(member.required_value_set);
            }
        }
    }
    CHECK(open == std::set<std::string>{"http://hl7.org/fhir/ValueSet/currencies",
                                        "http://hl7.org/fhir/ValueSet/mimetypes",
                                        "http://hl7.org/fhir/ValueSet/ucum-units",
                                        "http://loinc.org/vs/LL379-9"});
}

TEST_CASE("Every type is whole: names unique, types known, each JSON name finds its element") {
    std::set<std::string_view> type_names;
    int elements = 0;
    int choices = 0;
    for (const TypeDefinition* each : r4().types()) {
        INFO(each->name);
        CHECK(type_names.insert(each->name).second);
        CHECK(r4().type(each->name) == each);
        CHECK((each->base != nullptr || each->name == "Element" || each->name == "Resource"));
        std::set<std::string> names;
        for (const ElementDefinition& member : each->elements) {
            INFO(member.name);
            ++elements;
            CHECK_FALSE(member.types.empty());
            CHECK(each->path_element(member.name) == &member);
            for (const TypeDefinition* chosen : member.types) {
                REQUIRE(chosen != nullptr);
                const std::string name = member.choice
                                             ? std::string(member.name) + capitalised(chosen->name)
                                             : std::string(member.name);
                choices += member.choice ? 1 : 0;
                CHECK(names.insert(name).second);
                CHECK(each->element(name) == &member);
                CHECK(each->element_type(member, name) == chosen);
            }
            CHECK((member.choice || member.types.size() == 1));
            for (const std::string_view target : member.reference_targets) {
                const TypeDefinition* resource = r4().type(target);
                CHECK((resource != nullptr && resource->kind == TypeKind::resource));
            }
        }
        if (each->base != nullptr && each->name != "xhtml") {
            for (const ElementDefinition& inherited : each->base->elements) {
                CHECK(each->path_element(inherited.name) != nullptr);
            }
        }
    }
    CHECK(elements == 7445);
    CHECK(choices == 987);
}

TEST_CASE("The definitions are one, ready at once, from any thread") {
    std::vector<const Definitions*> seen(4, nullptr);
    std::vector<std::thread> threads;
    threads.reserve(seen.size());
    for (const Definitions*& each : seen) {
        threads.emplace_back([&each] { each = &Definitions::r4(); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(std::count(seen.begin(), seen.end(), &Definitions::r4()) == 4);
}
