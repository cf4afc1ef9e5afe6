#include "document.h"

#include <openssl/evp.h>

#include <array>

#include "access/base64.h"

namespace linkway::pages {

namespace {

/// 'sha256-...' of the style sheet, as a Content-Security-Policy names it.
std::string style_source() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const std::string_view sheet = style_sheet();
    EVP_Digest(sheet.data(), sheet.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return "'sha256-" + access::to_base64({reinterpret_cast<const char*>(digest.data()), size}) +
           "'";
}

const std::string& policy() {
    static const std::string text = "default-src 'none'; style-src " + style_source() +
                                    "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return text;
}

}  // namespace

Page document(int status, std::string_view title, const std::function<void(Html&)>& body) {
    Html html;
    html.trusted("<!DOCTYPE html>");
    html.in("html", {{"lang", "en-GB"}}, [&] {
        html.in("head", [&] {
            html.mark("meta", {{"charset", "utf-8"}});
            html.mark("meta",
                      {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
            html.mark("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
            html.mark("meta", {{"name", "robots"}, {"content", "noindex, nofollow"}});
            html.put("title", title);
            html.in("style", [&] { html.trusted(style_sheet()); });
        });
        html.in("body", [&] {
            html.put("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content");
            body(html);
        });
    });
    html.trusted("\n");
    return {status,
            {{"Content-Type", "text/html; charset=utf-8"},
             {"Content-Security-Policy", policy()},
             {"Cache-Control", "no-store"},
             {"Referrer-Policy", "no-referrer"},
             {"X-Content-Type-Options", "nosniff"},
             {"Cross-Origin-Opener-Policy", "same-origin"},
             {"Content-Language", "en-GB"}},
            html.take()};
}

namespace {

Page notice(std::string_view title, std::string_view what, std::string_view advice) {
    return document(401, title, [&](Html& html) {
        html.in("header", {{"class", "bar"}}, [&] { html.put("p", "Social prescribing"); });
        html.in("main", {{"id", "main"}, {"class", "notice"}}, [&] {
            html.put("h1", title);
            html.put("p", what);
            html.put("p", advice);
        });
    });
}

}  // namespace

Page link_expired_page() {
    return notice("This link has expired",
                  "Links to a patient's social prescribing record work for a short time only. "
                  "Nothing is wrong with the record.",
                  "Open the record again from your clinical system to get a new link.");
}

Page link_not_valid_page() {
    return notice("This link is not valid",
                  "The address may be incomplete, for example when it was copied or broken over "
                  "two lines.",
                  "Open the record again from your clinical system to get a new link.");
}

}  // namespace linkway::pages
