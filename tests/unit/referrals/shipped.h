// The rules that Linkway ships, and the codes that they name.
#pragma once

#include "catch.h"
#include "referrals/measures.h"
#include "referrals/rules.h"

inline const linkway::terminology::Terminology& shipped_codes() {
    static const linkway::terminology::Terminology codes = [] {
        linkway::terminology::Terminology loaded;
        CHECK(loaded.load(LINKWAY_SOURCE_DIR "/mappings/codes").empty());
        return loaded;
    }();
    return codes;
}

inline const linkway::referrals::Rules& shipped() {
    static const auto rules = [] {
        linkway::text::Issues issues;
        auto loaded = linkway::referrals::load_rules(LINKWAY_SOURCE_DIR "/mappings/referrals",
                                                     shipped_codes(), issues);
        for (const auto& issue : issues) {
            UNSCOPED_INFO(linkway::text::to_string(issue));
        }
        REQUIRE(issues.empty());
        return loaded;
    }();
    return *rules;
}

inline const linkway::referrals::Measures& shipped_measures() {
    static const auto measures = [] {
        linkway::text::Issues issues;
        auto loaded =
            linkway::referrals::load_measures(LINKWAY_SOURCE_DIR "/mappings/referrals", issues);
        REQUIRE(issues.empty());
        return loaded;
    }();
    return *measures;
}
