// Words for names, places and notes. People are called after wild plants and after colours and
// stones, so that nobody can take them for real.
#pragma once

#include <span>
#include <string_view>

namespace linkway::sample {

using Words = std::span<const std::string_view>;

Words given_names();  ///< wild plants
Words surnames();     ///< colours and stones
Words towns();
Words street_kinds();
Words notes();          ///< everyday free text
Words social_notes();   ///< free text of a social prescribing referral
Words contact_notes();  ///< of a link worker who saw the patient
Words closing_notes();  ///< of a link worker who closed a case

}  // namespace linkway::sample
