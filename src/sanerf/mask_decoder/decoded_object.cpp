#include "sanerf/mask_decoder/decoded_object.h"

#include <algorithm>
#include <array>

namespace sanerf::mask_decoder {
namespace {

constexpr std::array<const char*, 10> kOutcomeNames = {"used",  "not_selected", "not_encoded", "hidden",    "too_few",
                                                       "empty", "tiny",         "missed",      "disagrees", "outdated"};

}  // namespace

const char* NameOf(Outcome outcome) { return kOutcomeNames[size_t(outcome)]; }

std::optional<Outcome> OutcomeFromName(const std::string& name) {
  if (name == "not_asked") return Outcome::kNotSelected;  // the name in files of earlier versions
  const auto found = std::find(kOutcomeNames.begin(), kOutcomeNames.end(), name);
  if (found == kOutcomeNames.end()) return std::nullopt;
  return Outcome(found - kOutcomeNames.begin());
}

}  // namespace sanerf::mask_decoder
