#include "sanerf/viewer/desk/desk_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/segmentation/decode_object.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/viewer/desk/colors.h"
#include "sanerf/viewer/desk/strip.h"

namespace sanerf::viewer {

using mask_aggregator::ObjectModel;
using mask_decoder::DecodedObject;
using segmentation::EditedObject;
using segmentation::MaskState;
using segmentation::ObjectId;
using segmentation::PromptEdits;
using segmentation::SessionSnapshot;

namespace {

constexpr double kHoverSeconds = 3;  // after them the mouse is elsewhere
constexpr size_t kMostFields = 8;    // that are shown together: 50 MB each, and a picture asks all of them

const char* KindName(Answer::Kind kind) {
  constexpr const char* kNames[] = {"none", "first", "vote", "field"};
  return kNames[int(kind)];
}

// Whether the masks were made of these prompts and these choices of views.
bool IsSaid(const mask_decoder::ObjectPrompt& stored, const DecodedObject& masks, const EditedObject& object) {
  if (mask_decoder::ToJson(stored) != mask_decoder::ToJson(object.AsPrompt())) return false;
  return std::all_of(masks.views.begin(), masks.views.end(),
                     [&](const auto& view) { return view.use == object.UseOf(view.view); });
}

// ids: by model, of its labels. order: of the labels that are wanted.
ObjectModel AsOne(std::vector<ObjectModel> models, const std::vector<std::vector<ObjectId>>& ids,
                  const std::vector<ObjectId>& order) {
  if (models.size() == 1 && ids[0] == order) return std::move(models[0]);
  std::vector<std::vector<int>> labels;
  for (const std::vector<ObjectId>& of_model : ids) {
    labels.emplace_back();
    for (const ObjectId id : of_model)
      labels.back().push_back(int(std::find(order.begin(), order.end(), id) - order.begin()) + 1);
  }
  return ObjectModel::Joined(models, labels);
}

}  // namespace

int Answer::LabelOf(ObjectId id) const {
  const std::vector<ObjectId>& ids = snapshot.objects.ids;
  const auto found = std::find(ids.begin(), ids.end(), id);
  return found == ids.end() || !snapshot.model ? -1 : int(found - ids.begin()) + 1;
}

bool SameMasks(const segmentation::LabeledObjects& a, const segmentation::LabeledObjects& b) {
  return a.ids == b.ids && a.masks == b.masks;
}

// Stored masks to the objects that were made of the same prompts. An object of the run that the window did not store
// itself was made or changed by somebody else: all such are one edit.
void DeskState::GiveMasks(std::vector<run::StoredField>* fields) {
  struct Stored {
    const mask_decoder::ObjectPrompt& prompt;
    std::shared_ptr<const DecodedObject> masks;
    bool fits;
  };
  const bool is_new = edits.objects().empty() && !edits.undo_name() && !edits.redo_name();
  const std::vector<int> views = scene_.TrainViews();
  const auto said = [&](const Stored& object) {
    return std::find_if(edits.objects().begin(), edits.objects().end(), [&](const EditedObject& known) {
      return known.about.name == object.prompt.name && IsSaid(object.prompt, *object.masks, known);
    });
  };
  std::vector<Stored> all;
  std::vector<segmentation::MadeObject> others;
  std::map<std::string, std::set<std::string>> prints;
  stored_names.clear();
  for (run::StoredField& field : *fields) {
    for (size_t i = 0; i < field.objects.size(); ++i) {
      DecodedObject masks = std::move(field.objects[i]);
      masks.views = segmentation::InOrderOf(views, std::move(masks.views), scene_);
      const bool fits = std::all_of(masks.views.begin(), masks.views.end(), [&](const auto& view) {
        const Camera camera = feature_container::WorkingCamera(scene_.views[size_t(view.view_idx)], size_);
        return !view.used || (view.mask.width == camera.width && view.mask.height == camera.height);
      });
      const mask_decoder::ObjectPrompt& prompt = field.prompts.objects[i];
      all.push_back({prompt, std::make_shared<const DecodedObject>(std::move(masks)), fits});
      stored_names.push_back(prompt.name);
      const std::string print = PrintOf(prompt, *all.back().masks);
      prints[prompt.name] = {print};
      const auto known = stored.find(prompt.name);
      const bool is_own = known != stored.end() && known->second.count(print) > 0;
      if (is_own || said(all.back()) != edits.objects().end()) continue;
      segmentation::MadeObject other{prompt};
      for (const mask_decoder::ViewDecision& view : all.back().masks->views)
        if (view.use != mask_decoder::ViewUse::kAuto) other.uses[view.view] = view.use;
      others.push_back(std::move(other));
    }
  }
  stored = std::move(prints);
  if (!others.empty()) edits.TakeOver(others, "change on the command line");
  if (is_new) edits.ForgetPast();
  for (const Stored& object : all) {
    const auto known = said(object);
    if (!object.fits || known == edits.objects().end()) continue;
    as_stored_.insert(known->edition);
    edits.SetMasks(known->id, object.masks, MaskState::kRefined);
  }
  // Also to what undo brings back.
  edits.TakeMasks(edits.Select([](const EditedObject&) { return PromptEdits::Part::kWanted; }));
  for (const EditedObject& object : edits.objects())
    looks.try_emplace(object.id, ObjectLook{int(looks.size()), true, false});
}

// The fields of the run are the answer, each for its own objects, when they show the masks as they are.
void DeskState::TakeFields(std::vector<run::StoredField>* fields) {
  std::vector<ObjectModel> models;
  std::vector<std::vector<ObjectId>> ids;  // by model, in the order of its labels
  for (run::StoredField& field : *fields) {
    if (!field.field || models.size() == kMostFields) continue;
    std::vector<ObjectId> of_labels;
    for (const mask_decoder::ObjectPrompt& prompt : field.prompts.objects)
      for (const EditedObject& object : edits.objects())
        if (object.about.name == prompt.name && object.masks) of_labels.push_back(object.id);
    if (of_labels.size() != field.prompts.objects.size()) continue;
    models.push_back(std::move(*field.field));
    ids.push_back(std::move(of_labels));
  }
  if (models.empty()) return;
  if (fields->size() == 1) start.emplace(ids[0], models[0]);

  const segmentation::LabeledObjects shown = Showing(ids);
  auto stored = std::make_shared<Answer>();
  stored->revision = answer->revision + 1;
  stored->kind = Answer::Kind::kField;
  stored->snapshot = {shown, SessionSnapshot::Answer::kField, AsOne(std::move(models), ids, shown.ids), 0};
  answer = std::move(stored);
  if (!SameMasks(shown, edits.Labeled())) return;  // the vote shows the others as well
  kept = shown;
  const std::set<std::string> in_run(stored_names.begin(), stored_names.end());
  std::set<std::string> names;
  for (const mask_decoder::ObjectPrompt& object : shown.prompts.objects) names.insert(object.name);
  is_stored = names == in_run;
  is_fitted = is_stored || !answer->is_joined();  // several fields cannot be stored as one
}

// Of these objects.
segmentation::LabeledObjects DeskState::Showing(const std::vector<std::vector<ObjectId>>& ids) const {
  std::set<ObjectId> all;
  for (const std::vector<ObjectId>& some : ids) all.insert(some.begin(), some.end());
  using Part = PromptEdits::Part;
  return edits.Select([&](const EditedObject& object) { return all.contains(object.id) ? Part::kWanted : Part::kNone; })
      .Labeled();
}

void DeskState::AddFound(FoundObjects found) {
  std::set<std::string> names;
  for (const EditedObject& object : edits.objects()) names.insert(object.about.name);
  for (mask_decoder::ObjectPrompt& object : found.prompts.objects) {
    const std::string name = object.name;
    for (int number = 2; !names.insert(object.name).second; ++number) object.name = fmt::format("{}-{}", name, number);
  }
  segmentation::CheckObjectCount(edits.objects().size() + found.prompts.objects.size());
  const std::vector<ObjectId> ids = edits.AddObjects(found.prompts, "find objects");
  for (size_t i = 0; i < ids.size(); ++i) {
    looks.try_emplace(ids[i], ObjectLook{int(looks.size()), true, false});
    if (found.is_decoded) edits.SetMasks(ids[i], found.masks[i], MaskState::kRefined);
  }
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
}

void DeskState::GoOn() {
  is_idle = false;
  store_waits = false;
  failed.clear();
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
      if (IsDirty(object) || as_stored_.count(object.edition) > 0) continue;
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

// Masks can be made of it: there is something to begin with, and the photos that it was said in are encoded.
bool DeskState::IsReady(const EditedObject& object) const {
  if (!ground || failed.count(object.edition) != 0) return false;
  const mask_decoder::ObjectPrompt prompt = object.AsPrompt();
  if (mask_decoder::WhyUnusable(prompt)) return false;
  const std::vector<int> prompted = mask_decoder::PromptedViews({{prompt}}, scene_);
  if (!prompted.empty())
    return std::all_of(prompted.begin(), prompted.end(), [&](int view) { return ground->features->Has(view); });
  return std::any_of(ground->views.begin(), ground->views.end(), [&](int view) {
    return ground->features->Has(view) && (all_encoded || FramesPoint(view, prompt));
  });
}

bool DeskState::FramesPoint(int view_idx, const mask_decoder::ObjectPrompt& prompt) const {
  const Camera& camera = scene_.views[size_t(view_idx)].camera;
  return std::any_of(prompt.points.begin(), prompt.points.end(), [&](const mask_decoder::PointPrompt& point) {
    const auto px = camera.Project(point.p);
    return point.label == 1 && px && camera.Contains(*px);
  });
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
  std::copy_if(stored_names.begin(), stored_names.end(), std::back_inserter(retired), [&](const std::string& name) {
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

std::string DeskState::StatusOf(const EditedObject& object) const {
  if (mask_decoder::WhyUnusable(object.AsPrompt())) return "empty";
  if (failed.count(object.edition) != 0 && all_encoded) return "stale";
  const int label = answer->LabelOf(object.id);
  const bool is_shown = label > 0 && answer->snapshot.objects.masks[size_t(label) - 1] == object.masks;
  if (is_shown && !IsDirty(object)) {
    const bool is_final = object.state == MaskState::kRefined;
    if (IsProvisional() || (is_final && (is_fitted || !wants_field))) return "answered";
    if (is_final && is_idle) return "unfinished";
  }
  return is_idle ? "stale" : "working";
}

std::map<int, uint32_t> DeskState::ColorOfLabel(const Answer& shown) const {
  const bool has_solo = std::any_of(edits.objects().begin(), edits.objects().end(), [&](const EditedObject& object) {
    const auto look = looks.find(object.id);
    return look != looks.end() && look->second.solo;
  });
  std::map<int, uint32_t> colors;
  for (const EditedObject& object : edits.objects()) {
    const auto look = looks.find(object.id);
    const int label = shown.LabelOf(object.id);
    if (label < 0 || look == looks.end()) continue;
    if (has_solo ? look->second.solo : look->second.visible) colors[label] = ColorOf(look->second.color);
  }
  return colors;
}

std::vector<int> DeskState::WantedViews() const {
  // A click is waited for; the mouse may be elsewhere meanwhile.
  std::vector<int> wanted = mask_decoder::PromptedViews(edits.AsPrompts(), scene_);
  if (hovered_view >= 0 && since_hover.seconds() < kHoverSeconds) wanted.push_back(hovered_view);
  return wanted;
}

std::vector<Vec3> DeskState::PromptedPoints() const {
  std::vector<Vec3> points;
  for (const EditedObject& object : edits.objects()) {
    if (object.masks) {
      for (const mask_decoder::LiftedPoint& point : object.masks->points)
        if (point.label == 1) points.push_back(point.p_file);
      continue;
    }
    for (const mask_decoder::PointPrompt& point : object.AsPrompt().points)
      if (point.label == 1) points.push_back(point.p);
  }
  return points;
}

bool DeskState::HasPrompts() const {
  return std::any_of(edits.objects().begin(), edits.objects().end(),
                     [](const EditedObject& object) { return !object.prompts.empty(); });
}

bool DeskState::IsKept(const std::string& name) const {
  const auto is_named = [&](const EditedObject& object) { return object.about.name == name; };
  const auto object = std::find_if(edits.objects().begin(), edits.objects().end(), is_named);
  if (object == edits.objects().end() || IsDirty(*object)) return false;
  if (std::find(stored_names.begin(), stored_names.end(), name) == stored_names.end()) return false;
  return !wants_field || SameMasks(kept, Selected().Labeled());
}

std::pair<std::string, std::string> DeskState::WhyNotKept() const {
  if (is_idle)
    return {"what was being made of it was stopped, or has failed", "go on with it, and wait until it is stored"};
  if (IsProvisional()) return {"a radiance field in training keeps no objects", "wait until it is trained"};
  if (store_waits) return {"it could not be stored", "mend what the message said, then save it again"};
  return {"the run does not have it as it is now", "wait until it is ready: then it is stored"};
}

const AgreementOfView& DeskState::AgreementOf(const EditedObject& object) const {
  static const AgreementOfView kNone;
  const auto found = agreements.find(object.masks);
  return found == agreements.end() ? kNone : found->second;
}

void DeskState::ThrowIfObsolete() const {
  if (stop.token().stop_requested()) throw InterruptedError("an edit was faster");
}

Json DeskState::Objects() const {
  const int num_views = int(scene_.TrainViews().size());
  Json objects = Json::array();
  for (const EditedObject& object : edits.objects()) {
    const auto found = looks.find(object.id);
    const ObjectLook look = found == looks.end() ? ObjectLook() : found->second;
    const int label = answer->LabelOf(object.id);
    Json json = DescribeObject(object, scene_, num_views, AgreementOf(object));
    json["color"] = HexColor(ColorOf(look.color));
    json["visible"] = look.visible;
    json["solo"] = look.solo;
    json["label"] = label > 0 ? Json(label) : Json(nullptr);
    json["status"] = StatusOf(object);
    json["iou"] = nullptr;
    const auto failure = failed.find(object.edition);
    if (const auto why = mask_decoder::WhyUnusable(object.AsPrompt()); why && !object.prompts.empty()) {
      json["problem"] = *why;
    } else if (failure != failed.end() && all_encoded) {
      json["problem"] = failure->second;
    }
    objects.push_back(json);
  }
  return objects;
}

Json DeskState::AnswerState() const {
  Json rows = Json::array();
  for (const auto& [seconds, agreement] : curve) rows.push_back({seconds, agreement});
  std::set<int> views;
  for (const auto& masks : answer->snapshot.objects.masks)
    for (const mask_decoder::ViewDecision& view : masks->views)
      if (view.used) views.insert(view.view_idx);
  return {{"revision", answer->revision},
          {"kind", KindName(answer->kind)},
          {"views", views.size()},
          {"steps", answer->snapshot.steps},
          {"agreement", rows},
          {"seconds", answer->seconds}};
}

Json DeskState::History() const {
  const auto name_or_null = [](const std::optional<std::string>& name) { return name ? Json(*name) : Json(nullptr); };
  return {{"undo", name_or_null(edits.undo_name())}, {"redo", name_or_null(edits.redo_name())}};
}

}  // namespace sanerf::viewer
