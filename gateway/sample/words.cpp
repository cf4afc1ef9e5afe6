#include "words.h"

namespace linkway::sample {

namespace {

constexpr std::string_view given[] = {
    "Bramble",   "Sorrel",   "Tansy",      "Yarrow",   "Teasel",    "Bracken",     "Comfrey",
    "Catkin",    "Thistle",  "Nettle",     "Burdock",  "Chicory",   "Campion",     "Speedwell",
    "Mallow",    "Fennel",   "Lovage",     "Borage",   "Hyssop",    "Vetch",       "Sedge",
    "Woodruff",  "Selfheal", "Stitchwort", "Ragwort",  "Hawkweed",  "Knapweed",    "Milkwort",
    "Toadflax",  "Cowslip",  "Foxglove",   "Harebell", "Bindweed",  "Charlock",    "Dittany",
    "Fescue",    "Figwort",  "Gorse",      "Larkspur", "Marram",    "Mugwort",     "Pimpernel",
    "Quillwort", "Samphire", "Sundew",     "Valerian", "Woundwort", "Yellowrattle"};

constexpr std::string_view family[] = {
    "Umber",     "Cobalt",     "Russet",    "Ochre",      "Indigo",     "Vermilion", "Carmine",
    "Cerulean",  "Magenta",    "Mauve",     "Sepia",      "Slate",      "Taupe",     "Viridian",
    "Azure",     "Basalt",     "Gabbro",    "Feldspar",   "Gypsum",     "Obsidian",  "Dolerite",
    "Marl",      "Shale",      "Schist",    "Gneiss",     "Granite",    "Chalk",     "Pumice",
    "Quartzite", "Tourmaline", "Malachite", "Turquoise",  "Amaranth",   "Bistre",    "Celadon",
    "Ecru",      "Fulvous",    "Gamboge",   "Heliotrope", "Isabelline", "Puce",      "Smalt",
    "Verdigris", "Wenge",      "Xanthic",   "Zaffre",     "Travertine", "Mudstone"};

constexpr std::string_view places[] = {"Sampleford", "Testbury",      "Mockton",
                                       "Placeholm",  "Fixture Green", "Little Stubbing"};

constexpr std::string_view streets[] = {"Row",   "Lane", "Walk",    "Rise",
                                        "Close", "Way",  "Gardens", "Terrace"};

constexpr std::string_view plain_notes[] = {"Reviewed, no change.",
                                            "Feels better than last time.",
                                            "Advised to come back if not settled in two weeks.",
                                            "Phoned, no answer, will try again.",
                                            "Seen with a relative.",
                                            "Result explained by telephone.",
                                            "Discussed options and agreed a plan.",
                                            "Symptoms come and go; worse in the evening.",
                                            "Not keen on tablets.",
                                            "Walking most days now.",
                                            "Sleep poor since the move.",
                                            "Home reading, taken sitting.",
                                            "Repeat in three months.",
                                            "No red flags.",
                                            "Happy to be contacted by text message.",
                                            "Letter from the hospital read and filed."};

constexpr std::string_view referral_notes[] = {
    "Lonely since moving here, would like to meet people.",
    "Lost touch with friends, interested in a walking group.",
    "Worried about bills; agrees to see the link worker.",
    "Recently bereaved, would welcome company.",
    "Looking after a parent and not getting out.",
    "Attends often; social rather than medical need.",
    "Would like to volunteer again.",
    "Housing trouble is keeping her awake; wants advice.",
    "Long-term pain, keen to try the gardening group.",
    "Low mood after losing work; asks for help with forms."};

constexpr std::string_view seen_notes[] = {"First meeting, what matters to me conversation.",
                                           "Met at the library; choir visited last week.",
                                           "Telephone call, benefits check booked.",
                                           "Went along to the lunch club together.",
                                           "Has joined the walking group.",
                                           "Plan reviewed, next call in two weeks."};

constexpr std::string_view end_notes[] = {"Goals met, knows where to find us.",
                                          "Settled in the group, no further support wanted.",
                                          "No reply to three calls and a letter.",
                                          "Has moved away.", "Feels less lonely; happy to close."};

}  // namespace

Words given_names() {
    return given;
}
Words surnames() {
    return family;
}
Words towns() {
    return places;
}
Words street_kinds() {
    return streets;
}
Words notes() {
    return plain_notes;
}
Words social_notes() {
    return referral_notes;
}
Words contact_notes() {
    return seen_notes;
}
Words closing_notes() {
    return end_notes;
}

}  // namespace linkway::sample
