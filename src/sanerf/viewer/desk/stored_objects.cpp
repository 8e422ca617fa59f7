#include "sanerf/viewer/desk/stored_objects.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/segmentation/decode_object.h"
#include "sanerf/viewer/desk/journal.h"

namespace sanerf::viewer {

using mask_aggregator::ObjectModel;
using mask_decoder::DecodedObject;
using segmentation::EditedObject;
using segmentation::MaskState;
using segmentation::ObjectId;
using segmentation::PromptEdits;
using segmentation::SessionSnapshot;

namespace {

constexpr size_t kMostFields = 8;  // that are shown together: 50 MB each, and a picture asks all of them

struct StoredMasks {
  const mask_decoder::ObjectPrompt& prompt;
  std::shared_ptr<const DecodedObject> masks;
  bool fits;  // the masks are of the size that the desk works with
};

std::vector<StoredMasks> MasksIn(std::vector<run::StoredField>* fields, const DeskState& state) {
  const std::vector<int> views = state.scene.TrainViews();
  std::vector<StoredMasks> all;
  for (run::StoredField& field : *fields) {
    for (size_t i = 0; i < field.objects.size(); ++i) {
      DecodedObject masks = std::move(field.objects[i]);
      masks.views = segmentation::InOrderOf(views, std::move(masks.views), state.scene);
      const bool fits = std::all_of(masks.views.begin(), masks.views.end(), [&](const auto& view) {
        const Camera camera = feature_container::WorkingCamera(state.scene.views[size_t(view.view_idx)], state.size);
        return !view.used || (view.mask.width == camera.width && view.mask.height == camera.height);
      });
      all.push_back({field.prompts.objects[i], std::make_shared<const DecodedObject>(std::move(masks)), fits});
    }
  }
  return all;
}

// The object of the desk whose prompts and choices of views the masks were made of; null when there is none.
const EditedObject* SaidAs(const StoredMasks& stored, const PromptEdits& edits) {
  const auto said = std::find_if(edits.objects().begin(), edits.objects().end(), [&](const EditedObject& known) {
    const std::vector<mask_decoder::ViewDecision>& views = stored.masks->views;
    return known.about.name == stored.prompt.name &&
           mask_decoder::ToJson(stored.prompt) == mask_decoder::ToJson(known.AsPrompt()) &&
           std::all_of(views.begin(), views.end(),
                       [&](const auto& view) { return view.use == known.UseOf(view.view); });
  });
  return said == edits.objects().end() ? nullptr : &*said;
}

void GiveMasks(const std::vector<StoredMasks>& all, DeskState* state) {
  PromptEdits& edits = state->edits;
  const bool is_new = edits.objects().empty() && !edits.undo_name() && !edits.redo_name();
  std::vector<segmentation::MadeObject> others;
  std::vector<std::string> names;
  std::map<std::string, std::set<std::string>> prints;
  for (const StoredMasks& object : all) {
    const std::string& name = object.prompt.name;
    names.push_back(name);
    const std::string print = PrintOf(object.prompt, *object.masks);
    prints[name] = {print};
    const auto known = state->in_run.prints.find(name);
    const bool is_own = known != state->in_run.prints.end() && known->second.count(print) > 0;
    if (is_own || SaidAs(object, edits) != nullptr) continue;
    segmentation::MadeObject other{object.prompt};
    for (const mask_decoder::ViewDecision& view : object.masks->views)
      if (view.use != mask_decoder::ViewUse::kAuto) other.uses[view.view] = view.use;
    others.push_back(std::move(other));
  }
  state->in_run.names = std::move(names);
  state->in_run.prints = std::move(prints);
  if (!others.empty()) edits.TakeOver(others, "change on the command line");
  if (is_new) edits.ForgetPast();
  for (const StoredMasks& object : all) {
    const EditedObject* known = SaidAs(object, edits);
    if (!object.fits || known == nullptr) continue;
    state->in_run.editions.insert(known->edition);
    edits.SetMasks(known->id, object.masks, MaskState::kRefined);
  }
  // Also to what undo brings back.
  edits.TakeMasks(edits.Select([](const EditedObject&) { return PromptEdits::Part::kWanted; }));
  for (const EditedObject& object : edits.objects()) state->Show(object.id);
}

segmentation::LabeledObjects Labeled(const std::vector<std::vector<ObjectId>>& ids, const PromptEdits& edits) {
  std::set<ObjectId> all;
  for (const std::vector<ObjectId>& some : ids) all.insert(some.begin(), some.end());
  using Part = PromptEdits::Part;
  return edits.Select([&](const EditedObject& object) { return all.contains(object.id) ? Part::kWanted : Part::kNone; })
      .Labeled();
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

void TakeFields(std::vector<run::StoredField> fields, DeskState* state) {
  std::vector<ObjectModel> models;
  std::vector<std::vector<ObjectId>> ids;  // by model, in the order of its labels
  for (run::StoredField& field : fields) {
    if (!field.field || models.size() == kMostFields) continue;
    std::vector<ObjectId> of_labels;
    for (const mask_decoder::ObjectPrompt& prompt : field.prompts.objects)
      for (const EditedObject& object : state->edits.objects())
        if (object.about.name == prompt.name && object.masks) of_labels.push_back(object.id);
    if (of_labels.size() != field.prompts.objects.size()) continue;
    models.push_back(std::move(*field.field));
    ids.push_back(std::move(of_labels));
  }
  if (models.empty()) return;
  if (fields.size() == 1) state->start.emplace(ids[0], models[0]);

  const segmentation::LabeledObjects shown = Labeled(ids, state->edits);
  auto answer = std::make_shared<Answer>();
  answer->revision = state->answer->revision + 1;
  answer->kind = Answer::Kind::kField;
  answer->snapshot = {shown, SessionSnapshot::Answer::kField, AsOne(std::move(models), ids, shown.ids), 0};
  state->answer = std::move(answer);
  if (!SameMasks(shown, state->edits.Labeled())) return;  // the vote shows the others as well
  state->in_run.labeled = shown;
  const std::set<std::string> in_run(state->in_run.names.begin(), state->in_run.names.end());
  std::set<std::string> names;
  for (const mask_decoder::ObjectPrompt& object : shown.prompts.objects) names.insert(object.name);
  state->is_stored = names == in_run;
  state->is_fitted = state->is_stored || !state->answer->is_joined();  // several fields cannot be stored as one
}

}  // namespace

void TakeStored(std::vector<run::StoredField> fields, DeskState* state) {
  GiveMasks(MasksIn(&fields, *state), state);
  TakeFields(std::move(fields), state);
}

}  // namespace sanerf::viewer
