#include "sanerf/mask_decoder/decoded_object.h"

#include <algorithm>
#include <array>

namespace sanerf::mask_decoder {
namespace {

constexpr std::array<const char*, 11> kOutcomeNames = {"used",      "not_selected", "not_encoded", "hidden",
                                                       "too_few",   "empty",        "tiny",        "missed",
                                                       "disagrees", "outdated",     "dropped"};
constexpr std::array<const char*, 3> kUseNames = {"auto", "never", "always"};

}  // namespace

const char* NameOf(Outcome outcome) { return kOutcomeNames[size_t(outcome)]; }

std::optional<Outcome> OutcomeFromName(const std::string& name) {
  if (name == "not_asked") return Outcome::kNotSelected;  // the name in files of earlier versions
  const auto found = std::find(kOutcomeNames.begin(), kOutcomeNames.end(), name);
  if (found == kOutcomeNames.end()) return std::nullopt;
  return Outcome(found - kOutcomeNames.begin());
}

const char* NameOf(ViewUse use) { return kUseNames[size_t(use)]; }

std::optional<ViewUse> ViewUseFromName(const std::string& name) {
  const auto found = std::find(kUseNames.begin(), kUseNames.end(), name);
  if (found == kUseNames.end()) return std::nullopt;
  return ViewUse(found - kUseNames.begin());
}

void Reject(ViewDecision& decision, Outcome outcome, const std::string& reason) {
  decision.used = false;
  decision.outcome = outcome;
  decision.reason = reason;
}

void ApplyUse(ViewUse use, ViewDecision* decision) {
  decision->use = use;
  const auto is_set = [](uint8_t value) { return value != 0; };
  if (use == ViewUse::kNever) {
    Reject(*decision, Outcome::kDropped, "dropped by the user");
  } else if (use == ViewUse::kAlways && !decision->used &&
             std::any_of(decision->mask.data.begin(), decision->mask.data.end(), is_set)) {
    decision->used = true;
    decision->outcome = Outcome::kUsed;
    decision->reason = "kept by the user";
  }
}

}  // namespace sanerf::mask_decoder
