#include "official_xml.h"

#include <map>
#include <stdexcept>

#include "fhir/definitions.h"
#include "text/node.h"

namespace linkway::fhirpath::testing {

namespace {

class XmlReader {
  public:
    explicit XmlReader(std::string_view text) : text_(text) {}

    XmlElement document() {
        skip_misc();
        return element();
    }

  private:
    [[noreturn]] void fail() const {
        throw std::runtime_error("XML: unexpected text at byte " + std::to_string(at_));
    }

    bool starts(std::string_view prefix) const {
        return text_.substr(at_, prefix.size()) == prefix;
    }

    void skip_to_end_of(std::string_view close) {
        const std::size_t found = text_.find(close, at_);
        if (found == std::string_view::npos) {
            fail();
        }
        at_ = found + close.size();
    }

    void skip_blank() {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }

    void skip_misc() {
        if (starts("\xEF\xBB\xBF")) {
            at_ += 3;
        }
        for (;;) {
            skip_blank();
            if (starts("<?")) {
                skip_to_end_of("?>");
            } else if (starts("<!--")) {
                skip_to_end_of("-->");
            } else {
                return;
            }
        }
    }

    std::string name() {
        const std::size_t end = text_.find_first_of(" \t\r\n/>=", at_);
        if (end == std::string_view::npos || end == at_) {
            fail();
        }
        std::string found(text_.substr(at_, end - at_));
        at_ = end;
        return found;
    }

    static std::string decoded(std::string_view raw) {
        static const std::map<std::string, std::string, std::less<>> entities = {
            {"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}};
        std::string out;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            const std::size_t end = raw[i] == '&' ? raw.find(';', i) : std::string_view::npos;
            if (end == std::string_view::npos) {
                out += raw[i];
                continue;
            }
            const std::string_view entity = raw.substr(i + 1, end - i - 1);
            if (const auto found = entities.find(entity); found != entities.end()) {
                out += found->second;
            } else if (entity.substr(0, 1) == "#") {
                const bool hex = entity.substr(1, 1) == "x";
                const int code =
                    std::stoi(std::string(entity.substr(hex ? 2 : 1)), nullptr, hex ? 16 : 10);
                out +=
                    code < 0x80 ? std::string(1, static_cast<char>(code)) : std::string("\xC2\xA0");
            }
            i = end;
        }
        return out;
    }

    XmlElement element() {
        const std::size_t start = at_;
        if (!starts("<")) {
            fail();
        }
        ++at_;
        XmlElement made;
        made.name = name();
        for (skip_blank(); !starts(">") && !starts("/>"); skip_blank()) {
            std::string key = name();
            skip_blank();
            ++at_;  // the equals sign
            skip_blank();
            const char quote = text_[at_++];
            const std::size_t end = text_.find(quote, at_);
            made.attributes.emplace_back(std::move(key), decoded(text_.substr(at_, end - at_)));
            at_ = end + 1;
        }
        if (starts("/>")) {
            at_ += 2;
        } else {
            ++at_;
            content(made);
        }
        made.source = text_.substr(start, at_ - start);
        return made;
    }

    void content(XmlElement& made) {
        for (;;) {
            if (starts("</")) {
                skip_to_end_of(">");
                return;
            }
            if (starts("<!--")) {
                skip_to_end_of("-->");
            } else if (starts("<![CDATA[")) {
                const std::size_t end = text_.find("]]>", at_);
                made.text += text_.substr(at_ + 9, end - at_ - 9);
                at_ = end + 3;
            } else if (starts("<")) {
                made.children.push_back(element());
            } else {
                const std::size_t end = text_.find('<', at_);
                if (end == std::string_view::npos) {
                    fail();
                }
                made.text += decoded(text_.substr(at_, end - at_));
                at_ = end;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string quoted(std::string_view text) {
    std::string out;
    text::append_json_string(out, text);
    return out;
}

std::string object_of(const XmlElement& element, const fhir::TypeDefinition* type, bool resource);

/// Value and sibling of one element; each empty when there is none.
struct Written {
    std::string value;
    std::string extra;
};

Written write_one(const XmlElement& element, const fhir::TypeDefinition* type) {
    if (element.name == "div") {
        return {quoted(element.source), ""};
    }
    const bool primitive = type != nullptr && type->kind == fhir::TypeKind::primitive;
    if (!primitive) {
        const bool holds_resource = type != nullptr && type->name == "Resource";
        return holds_resource ? Written{object_of(element.children.at(0), nullptr, true), ""}
                              : Written{object_of(element, type, false), ""};
    }
    Written written;
    const std::string value = element.attribute("value");
    const bool plain = type->name == "boolean" || type->name == "decimal" ||
                       type->name == "integer" || type->name == "positiveInt" ||
                       type->name == "unsignedInt";
    if (!value.empty()) {
        written.value = plain ? value : quoted(value);
    }
    if (!element.children.empty() || !element.attribute("id").empty()) {
        written.extra = object_of(element, fhir::Definitions::r4().type("Element"), false);
    }
    return written;
}

void add_member(std::string& out, const std::string& name, const std::vector<std::string>& values,
                bool many) {
    bool any = false;
    for (const std::string& value : values) {
        any = any || !value.empty();
    }
    if (!any) {
        return;
    }
    out += out.size() > 1 ? "," : "";
    out += quoted(name) + ":" + (many ? "[" : "");
    for (std::size_t i = 0; i < values.size(); ++i) {
        out += (i == 0 ? "" : ",") + (values[i].empty() ? "null" : values[i]);
    }
    out += many ? "]" : "";
}

std::string object_of(const XmlElement& element, const fhir::TypeDefinition* type, bool resource) {
    std::string out = "{";
    if (resource) {
        type = fhir::Definitions::r4().type(element.name);
        out += "\"resourceType\":" + quoted(element.name);
    }
    for (const char* name : {"id", "url"}) {
        if (!element.attribute(name).empty()) {
            add_member(out, name, {quoted(element.attribute(name))}, false);
        }
    }
    std::vector<std::string> order;
    std::map<std::string, std::pair<std::vector<std::string>, std::vector<std::string>>> members;
    std::map<std::string, bool> many;
    for (const XmlElement& child : element.children) {
        const auto* definition = type != nullptr ? type->element(child.name) : nullptr;
        const auto* child_type =
            definition != nullptr ? type->element_type(*definition, child.name) : nullptr;
        Written written = write_one(child, child_type);
        if (members.find(child.name) == members.end()) {
            order.push_back(child.name);
        }
        members[child.name].first.push_back(std::move(written.value));
        members[child.name].second.push_back(std::move(written.extra));
        many[child.name] = definition != nullptr && definition->many;
    }
    for (const std::string& name : order) {
        add_member(out, name, members[name].first, many[name]);
        add_member(out, "_" + name, members[name].second, many[name]);
    }
    return out + "}";
}

}  // namespace

std::string XmlElement::attribute(std::string_view wanted) const {
    for (const auto& [key, value] : attributes) {
        if (key == wanted) {
            return value;
        }
    }
    return {};
}

XmlElement read_xml(std::string_view text) {
    return XmlReader(text).document();
}

std::string fhir_xml_to_json(const XmlElement& resource) {
    return object_of(resource, nullptr, true);
}

}  // namespace linkway::fhirpath::testing
