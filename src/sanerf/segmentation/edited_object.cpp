#include "sanerf/segmentation/edited_object.h"

#include <algorithm>

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;
using mask_decoder::ObjectPrompt;
using mask_decoder::ViewUse;

namespace {

void Append(const Prompt& prompt, ObjectPrompt* object) {
  if (const auto* point = std::get_if<mask_decoder::PointPrompt>(&prompt)) object->points.push_back(*point);
  if (const auto* click = std::get_if<mask_decoder::ClickPrompt>(&prompt)) object->clicks.push_back(*click);
  if (const auto* box = std::get_if<mask_decoder::BoxPrompt>(&prompt)) object->boxes.push_back(*box);
}

// Nothing but where it says so: of a view that is dropped or kept.
std::shared_ptr<const DecodedObject> WithUse(const DecodedObject& masks, const std::string& view, ViewUse use) {
  auto changed = std::make_shared<DecodedObject>(masks);
  for (mask_decoder::ViewDecision& decision : changed->views)
    if (decision.view == view) mask_decoder::ApplyUse(use, &decision);
  return changed;
}

// Whether the masks show all that the new use says.
bool CanUseAsTheyAre(const EditedObject& object, const std::string& view, ViewUse use) {
  if (object.state != MaskState::kRefined || object.masks == nullptr) return false;
  if (use == ViewUse::kNever) {
    return std::any_of(object.masks->views.begin(), object.masks->views.end(),
                       [&](const auto& decision) { return decision.used && decision.view != view; });
  }
  return use == ViewUse::kAlways && object.UseOf(view) == ViewUse::kAuto &&
         std::any_of(object.masks->views.begin(), object.masks->views.end(),
                     [&](const auto& decision) { return decision.view == view && !decision.mask.empty(); });
}

}  // namespace

ObjectPrompt AsObject(const Prompt& prompt) {
  ObjectPrompt object;
  Append(prompt, &object);
  return object;
}

ObjectPrompt EditedObject::AsPrompt() const {
  ObjectPrompt object = about;
  for (const PlacedPrompt& placed : prompts) Append(placed.prompt, &object);
  return object;
}

ViewUse EditedObject::UseOf(const std::string& view) const {
  const auto found = uses.find(view);
  return found == uses.end() ? ViewUse::kAuto : found->second;
}

// Masks of a first look are no answer that a further prompt could correct.
void EditedObject::Outdate(MaskState since, int64_t new_edition) {
  if (prompts.empty()) masks = nullptr;
  if (masks == nullptr) since = MaskState::kNone;
  if (since == MaskState::kOutgrown && (state == MaskState::kWithdrawn || state == MaskState::kFirst))
    since = MaskState::kWithdrawn;
  state = since;
  edition = new_edition;
}

void EditedObject::Use(const std::string& view, ViewUse use, int64_t new_edition) {
  if (CanUseAsTheyAre(*this, view, use)) {
    masks = WithUse(*masks, view, use);
    edition = new_edition;
  } else {
    Outdate(MaskState::kWithdrawn, new_edition);
  }
  if (use == ViewUse::kAuto) {
    uses.erase(view);
  } else {
    uses[view] = use;
  }
}

}  // namespace sanerf::segmentation
