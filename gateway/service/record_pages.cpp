#include "record_pages.h"

#include "api/call.h"
#include "pages/record_page.h"
#include "text/json_writer.h"

namespace linkway::service {

namespace {

http::Response from(api::Reply reply) {
    return {reply.status, std::move(reply.headers), std::move(reply.body)};
}

http::Response from(pages::Page page) {
    return {page.status, std::move(page.headers), std::move(page.html)};
}

http::Response json(int status, std::string body) {
    return {status,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            std::move(body)};
}

}  // namespace

store::Reach reach_of(const access::Identity& identity) {
    store::Reach reach;
    reach.everything = identity.sees_everything;
    if (identity.client && !identity.sees_everything) {
        reach.ods.assign(identity.sees().begin(), identity.sees().end());
    }
    return reach;
}

text::Result<pages::Story> RecordPages::story(std::string_view patient, const store::Reach& reach,
                                              store::Instant now, std::string& practice) const {
    const auto knowledge = parts_.knowledge();
    std::optional<pages::Story> found;
    if (auto failed = parts_.store->read([&](store::Reader& reader) -> text::Status {
            practice = reader.practice({"Patient", std::string(patient)});
            auto story = pages::collect(reader, patient, reach, now,
                                        {*knowledge, parts_.agreement(practice).policy});
            if (!story) {
                return std::move(story).issue();
            }
            found = std::move(*story);
            return {};
        })) {
        return *std::move(failed);
    }
    return std::move(*found);
}

Shown RecordPages::page(std::string_view link, store::Instant now) const {
    const auto opened = parts_.links->verify(link, now);
    if (!opened) {
        return {from(opened.issue().code == "expired" ? pages::link_expired_page()
                                                      : pages::link_not_valid_page()),
                {},
                {},
                {}};
    }
    std::string practice;
    const auto told = story(opened->subject, {false, {opened->ods}}, now, practice);
    if (!told) {
        return {from(pages::link_not_valid_page()), {}, opened->ods, opened->practitioner};
    }
    return {from(pages::record_page(*told, {opened->ods, opened->expires, now})),
            "Patient/" + opened->subject, opened->ods, opened->practitioner};
}

text::Result<std::string> RecordPages::link_to(const access::Identity& identity,
                                               const std::string& patient,
                                               const std::string& practice,
                                               const std::string& practitioner,
                                               store::Instant expires) const {
    // On loopback, where nobody signs in, the page is opened on the practice's behalf.
    const std::string ods =
        identity.sees_everything || !identity.client ? practice : identity.client->ods;
    auto link = parts_.links->sign({patient, ods, practitioner, expires / 1000 * 1000});
    if (!link) {
        return std::move(link).issue();
    }
    return parts_.url + "/record?link=" + *link;
}

Shown RecordPages::make_link(const access::Identity& identity, std::string_view body,
                             store::Instant now) const {
    const auto document = text::parse_json(body, "request body");
    if (!document || !document->root().is_object()) {
        return {from(api::refusal("structure", "the body is {\"patient\": \"<id>\"}")), {}, {}, {}};
    }
    const std::string patient(document->root().string_or("patient", ""));
    const std::string practitioner(document->root().string_or("practitioner", ""));
    std::string practice;
    if (const auto told = story(patient, reach_of(identity), now, practice); !told) {
        return {from(api::refusal(told.issue())), {}, {}, {}};
    }
    const auto url = link_to(identity, patient, practice, practitioner, now + parts_.lifetime);
    if (!url) {
        return {from(api::refusal(url.issue())), {}, {}, {}};
    }
    std::string out;
    text::JsonWriter writer(out);
    writer.begin_object();
    writer.member("url", *url);
    writer.member("expires", store::to_instant(now + parts_.lifetime));
    writer.end_object();
    return {json(201, std::move(out)), "Patient/" + patient, {}, practitioner};
}

Shown RecordPages::cards(const access::Identity& identity, std::string_view body,
                         store::Instant now) const {
    const auto request = pages::parse_cds_request(body);
    if (!request) {
        return {from(api::refusal(request.issue(), 400)), {}, {}, {}};
    }
    std::string practice;
    const auto told = story(request->patient, reach_of(identity), now, practice);
    if (!told) {
        // A patient that is not known here has nothing to be said about.
        return {told.issue().code == "not-found" ? json(200, R"({"cards":[]})")
                                                 : from(api::refusal(told.issue(), 412)),
                {},
                {},
                {}};
    }
    const auto url =
        link_to(identity, request->patient, practice, request->user, now + parts_.lifetime);
    return {json(200, pages::cds_cards(*told, url ? *url : "", now)),
            "Patient/" + request->patient,
            {},
            request->user};
}

}  // namespace linkway::service
