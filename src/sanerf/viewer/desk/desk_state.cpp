#include "sanerf/viewer/desk/desk_state.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/viewer/desk/prompted_views.h"

namespace sanerf::viewer {

using segmentation::EditedObject;
using segmentation::MaskState;
using segmentation::PromptEdits;

namespace {

constexpr double kHoverSeconds = 3;     // after them the mouse is elsewhere
constexpr size_t kRememberedMasks = 6;  // edits whose masks undo brings back at once

}  // namespace

void DeskState::SetGround(std::optional<segmentation::SegmentationInput> input) {
  if (ground) {  // what was made with it is not what the next one will make
    edits.OutdateAll();
    start.reset();
    is_fitted = false;
    is_stored = false;
    store_waits = false;
    completes = false;
    stable.clear();
    agreements.clear();
  }
  ground = std::move(input);
  new_ground = ground.has_value();
  ++num_grounds;
  if (new_ground) {
    is_idle = false;
    failed.clear();
  }
  stop.RequestStop();
}

void DeskState::Changed(bool masks) {
  is_idle = false;
  is_stored = false;  // names are stored as well
  store_waits = false;
  wants_field = true;
  if (answer->is_joined()) is_fitted = false;
  edits.ForgetMasksBeyond(kRememberedMasks);
  if (!masks) return;
  one_by_one = false;
  is_fitted = false;
  completes = false;
  since_edit = Stopwatch();
  curve.clear();
  stop.RequestStop();
}

void DeskState::Resume() {
  is_idle = false;
  store_waits = false;
  failed.clear();
}

void DeskState::Show(segmentation::ObjectId id) {
  looks.try_emplace(id, ObjectDisplay{int(looks.size()), true, false});
}

void DeskState::ViewsEncoded(bool all) {
  more_encoded = true;
  failed.clear();  // the new view may show what the others do not
  if (all && !all_encoded) {
    // Answers from a part of the views are completed; what the run has stays as it is until somebody changes it.
    bool are_refined = answer->kind == Answer::Kind::kField, is_partial = false;
    for (const EditedObject& object : edits.objects()) {
      if (!object.masks) continue;
      if (object.state != MaskState::kRefined) are_refined = false;
      if (IsDirty(object) || in_run.editions.count(object.edition) > 0) continue;
      if (std::none_of(object.masks->views.begin(), object.masks->views.end(),
                       [](const auto& view) { return view.outcome == mask_decoder::Outcome::kNotEncoded; }))
        continue;
      edits.SetMasks(object.id, object.masks, MaskState::kFirst);
      is_partial = true;
    }
    completes = is_partial && are_refined;
  }
  all_encoded = all;
}

bool DeskState::IsDirty(const EditedObject& object) {
  return object.state != MaskState::kDecoded && object.state != MaskState::kRefined;
}

// Masks can be made of it.
bool DeskState::IsReady(const EditedObject& object) const {
  if (!ground || failed.count(object.edition) != 0) return false;
  const mask_decoder::ObjectPrompt prompt = object.AsPrompt();
  return !mask_decoder::WhyUnusable(prompt) && HasPromptedViews(prompt, *ground, all_encoded);
}

PromptEdits DeskState::Selected() const {
  using Part = PromptEdits::Part;
  bool has_dirty = false;
  return edits.Select([&](const EditedObject& object) {
    if (!IsDirty(object)) return object.masks ? Part::kWanted : Part::kNone;
    if (!IsReady(object)) {
      const bool waits = failed.count(object.edition) == 0 || !all_encoded;
      return waits && !mask_decoder::WhyUnusable(object.AsPrompt()) ? Part::kHeld : Part::kNone;
    }
    return one_by_one && std::exchange(has_dirty, true) ? Part::kHeld : Part::kWanted;
  });
}

bool DeskState::HasHeld() const {
  const PromptEdits selected = Selected();
  return std::any_of(selected.objects().begin(), selected.objects().end(),
                     [](const EditedObject& object) { return object.state == MaskState::kHeld; });
}

std::vector<std::string> DeskState::Retired() const {
  std::vector<std::string> retired;
  std::copy_if(in_run.names.begin(), in_run.names.end(), std::back_inserter(retired), [&](const std::string& name) {
    return std::none_of(edits.objects().begin(), edits.objects().end(),
                        [&](const EditedObject& object) { return object.about.name == name; });
  });
  return retired;
}

bool DeskState::HasToStore() const {
  if (!keeps_objects || is_stored) return false;
  const segmentation::LabeledObjects labeled = Selected().Labeled();
  if (labeled.ids.empty()) return !Retired().empty();
  return is_fitted && answer->kind == Answer::Kind::kField && !answer->is_joined() &&
         SameMasks(answer->snapshot.objects, labeled) && !HasHeld();
}

DeskStep DeskState::NextStep() const {
  if (is_idle) return DeskStep::kNone;
  if (new_ground) return DeskStep::kGround;
  if (!ground) return DeskStep::kNone;
  const PromptEdits selected = Selected();
  const auto has = [&](std::initializer_list<MaskState> states) {
    return std::any_of(selected.objects().begin(), selected.objects().end(), [&](const EditedObject& object) {
      return std::find(states.begin(), states.end(), object.state) != states.end();
    });
  };
  if (has({MaskState::kNone, MaskState::kOutgrown, MaskState::kWithdrawn})) return DeskStep::kFirst;
  if (has({MaskState::kFirst, MaskState::kPartial})) {
    const bool are_stable =
        std::all_of(selected.objects().begin(), selected.objects().end(), [&](const EditedObject& object) {
          const bool is_begun = object.state == MaskState::kFirst || object.state == MaskState::kPartial;
          return !is_begun || stable.count(object.edition) > 0;
        });
    if (all_encoded || are_stable) return DeskStep::kAll;
    return more_encoded ? DeskStep::kMore : DeskStep::kNone;
  }
  if (!IsProvisional() && has({MaskState::kDecoded})) return DeskStep::kRefine;
  const segmentation::LabeledObjects labeled = selected.Labeled();
  const bool is_held = has({MaskState::kHeld}), is_field = answer->kind == Answer::Kind::kField;
  if (!SameMasks(answer->snapshot.objects, labeled))
    return completes && is_field && !is_held ? DeskStep::kField : DeskStep::kVote;
  // A field of objects would take the training's time, and be kept by nobody.
  if (IsProvisional()) return DeskStep::kNone;
  if (keeps_objects && saves_now && is_field) return DeskStep::kStore;
  if (!is_prepared) return DeskStep::kPrepare;
  if (!store_waits && HasToStore()) return DeskStep::kStore;
  // Who waits will have other masks in a moment.
  if (labeled.ids.empty() || !wants_field || is_held) return DeskStep::kNone;
  return is_fitted && is_field ? DeskStep::kNone : DeskStep::kField;
}

std::vector<int> DeskState::WantedViews() const {
  // A click is waited for; the mouse may be elsewhere meanwhile.
  std::vector<int> wanted = mask_decoder::PromptedViews(edits.AsPrompts(), scene);
  if (hovered_view >= 0 && since_hover.seconds() < kHoverSeconds) wanted.push_back(hovered_view);
  return wanted;
}

bool DeskState::HasPrompts() const {
  return std::any_of(edits.objects().begin(), edits.objects().end(),
                     [](const EditedObject& object) { return !object.prompts.empty(); });
}

const AgreementOfView& DeskState::AgreementOf(const EditedObject& object) const {
  static const AgreementOfView kNone;
  const auto found = agreements.find(object.masks);
  return found == agreements.end() ? kNone : found->second;
}

void DeskState::ThrowIfObsolete() const {
  if (stop.token().stop_requested()) throw InterruptedError("an edit was faster");
}

}  // namespace sanerf::viewer
