#include "text/xml.h"

#include "catch.h"

using namespace linkway;

namespace {

std::string outcome(std::string_view xml, text::ParseLimits limits = {}) {
    const auto parsed = text::parse_xml(xml, "x.xml", limits);
    if (!parsed) {
        return to_string(parsed.issue());
    }
    std::string out;
    text::append_xml(out, parsed->root());
    return out;
}

}  // namespace

TEST_CASE("XML is read as XML 1.0 says and written back") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"<a/>", "<a/>"},
        {"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>\n<a></a>\n<!-- x -->", "<a/>"},
        {"<a b='1' c=\"2\"/>", "<a b=\"1\" c=\"2\"/>"},
        {"<a>x<b/>y</a>", "<a>x<b/>y</a>"},
        {"<a> <b/> </a>", "<a> <b/> </a>"},
        {"<a>&lt;&amp;&gt;&quot;&apos;</a>", "<a>&lt;&amp;&gt;\"'</a>"},
        {"<a>&#65;&#x42;&#xE9;</a>", "<a>AB\xC3\xA9</a>"},
        {"<a b='&#10;&quot;x'/>", "<a b=\"&#10;&quot;x\"/>"},
        {"<a>1\r\n2\r3\n4&#13;</a>", "<a>1\n2\n3\n4&#13;</a>"},
        {"<a b='1\n2'/>", "<a b=\"1 2\"/>"},
        {"<a><![CDATA[<&]]></a>", "<a>&lt;&amp;</a>"},
        {"<a>x<!-- <b> & -->y<?p q?>z</a>", "<a>xyz</a>"},
        {"<p:a xmlns:p='urn:x'/>", "<p:a xmlns:p=\"urn:x\"/>"},
        {"<\xC3\xA9/>", "<\xC3\xA9/>"},
        {"<a\n b = '1'\t></a >", "<a b=\"1\"/>"},
    };
    for (const auto& [given, expected] : cases) {
        CAPTURE(given);
        CHECK(outcome(given) == expected);
    }
}

TEST_CASE("what is no well-formed XML is refused with its place") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "x.xml:1:1: error: the text is empty"},
        {" \n", "the text is empty"},
        {"{}", "x.xml:1:1: error: an XML element was expected here; this looks like JSON"},
        {"<a>", "x.xml:1:1: error: the element <a> that starts here is never closed"},
        {"<a>\n  <b></a>",
         "x.xml:2:6: error: the tag closes <a> but the open element is <b> of "
         "line 2; close <b> first"},
        {"</a>", "closes <a> but no element is open"},
        {"<a/><b/>", "x.xml:1:5: error: there is a second root element"},
        {"<a/>x", "x.xml:1:5: error: there is more text after the root element"},
        {"x<a/>", "x.xml:1:1: error: an XML element was expected here"},
        {"<a/>&lt;", "more text after the root element"},
        {"<![CDATA[x]]><a/>", "outside of the root element"},
        {"<a b='1' b='2'/>", "x.xml:1:10: error: this attribute stands twice"},
        {"<a b=1/>", "expected a quotation mark"},
        {"<a b/>", "expected = here"},
        {"<a b='1'c='2'/>", "x.xml:1:9: error: expected a blank"},
        {"<a b='<'/>", "a < may not stand in an attribute's value; write &lt;"},
        {"<a b='1", "this attribute's value has no closing quotation mark"},
        {"<a b='1'", "the tag that starts here is never closed"},
        {"<a", "the tag that starts here is never closed"},
        {"<", "expected the name of an element"},
        {"<a>1 < 2</a>", "x.xml:1:7: error: expected the name of an element here; a < in text"},
        {"<a>R&D</a>", "x.xml:1:5: error: an & starts a reference"},
        {"<a>&nbsp;</a>", "only the entities lt, gt, amp, quot and apos are known"},
        {"<a b='&x;'/>", "only the entities"},
        {"<a>&#0;</a>", "this reference is to no character"},
        {"<a>&#xD800;</a>", "this reference is to no character"},
        {"<a>&#x110000;</a>", "this reference is to no character"},
        {"<a>&#99999999999;</a>", "this reference is to no character"},
        {"<a>&#;</a>", "this reference is to no character"},
        {"<a>\x01</a>", "x.xml:1:4: error: a control character"},
        {"<a>\xEF\xBF\xBE</a>", "a control character"},
        {"<a b='\x0B'/>", "a control character"},
        {"<!--\x02--><a/>", "a control character"},
        {std::string("<a>\0</a>", 8), "a control character"},
        {"<a>\xFF</a>", "x.xml:1:4: error: a byte here belongs to no valid UTF-8"},
        {"<a>]]></a>", "]]> may not stand in text"},
        {"<!-- a -- b --><a/>", "two dashes"},
        {"<!-- a", "comment that starts here is never closed"},
        {"<a><![CDATA[x</a>", "CDATA section that starts here is never closed"},
        {"<?p", "processing instruction that starts here is never closed"},
        {" <?xml version='1.0'?><a/>", "the XML declaration must be the first thing"},
        {"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "its encoding is not UTF-8"},
        {"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "x.xml:1:1: error: a document type"},
        {"<a><!ELEMENT b></a>", "expected the name of an element"},
    };
    for (const auto& [given, expected] : cases) {
        CAPTURE(given);
        const std::string got = outcome(given);
        CAPTURE(got);
        CHECK(got.find("error: ") != std::string::npos);
        CHECK(got.find(expected) != std::string::npos);
    }
}

TEST_CASE("XML is limited in size, depth and attributes") {
    std::string deep;
    for (int i = 0; i < 70; ++i) {
        deep += "<a>";
    }
    CHECK(outcome(deep).find("nested deeper than the limit of 64") != std::string::npos);
    CHECK(outcome("<a>xxxxxxxxxxxxxxxx</a>", {10, 64}).find("larger than the limit") !=
          std::string::npos);
    std::string tag = "<a";
    for (int i = 0; i < 300; ++i) {
        tag += " b" + std::to_string(i) + "='1'";
    }
    CHECK(outcome(tag + "/>").find("more than 256 attributes") != std::string::npos);
    // A name that goes on and on is cut in messages, between characters.
    const std::string name(200, 'n');
    CHECK(outcome("<" + name + ">").size() < 200);
}

TEST_CASE("elements and attributes know where they are") {
    const auto parsed =
        text::parse_xml("<?xml version='1.0'?>\r\n<a>\r\n\xC3\xA9<b c='&lt;'/>&amp;<d/></a>", "x");
    REQUIRE(parsed.ok());
    const text::XmlNode& root = parsed->root();
    CHECK(parsed->at(root) == text::Location{"x", 2, 1, {}});
    REQUIRE(root.children.size() == 4);
    CHECK(parsed->at(root.children[1]) == text::Location{"x", 3, 2, {}});
    CHECK(parsed->at(root.children[3]) == text::Location{"x", 3, 20, {}});
    REQUIRE(root.children[1].attribute("c") != nullptr);
    CHECK(*root.children[1].attribute("c") == "<");
    CHECK(root.children[1].attribute("e") == nullptr);
}
