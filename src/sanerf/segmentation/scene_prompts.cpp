#include "sanerf/segmentation/scene_prompts.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/segmentation/decode_object.h"
#include "sanerf/segmentation/prompt_places.h"

namespace sanerf::segmentation {

ObjectId ScenePrompts::AddObject(const mask_decoder::ObjectPrompt& object) {
  CheckPromptPlaces(object, *scene_);
  return edits_.AddObject(object);
}

void ScenePrompts::AddPrompts(ObjectId id, const mask_decoder::ObjectPrompt& more) {
  CheckPromptPlaces(more, *scene_);
  edits_.AddPrompts(id, more);
}

PromptId ScenePrompts::AddPrompt(ObjectId id, const Prompt& prompt) {
  CheckPromptPlaces(AsObject(prompt), *scene_);
  return edits_.AddPrompt(id, prompt);
}

void ScenePrompts::MovePrompt(PromptId id, const Prompt& to) {
  CheckPromptPlaces(AsObject(to), *scene_);
  edits_.MovePrompt(id, to);
}

void ScenePrompts::UseView(ObjectId id, const std::string& view, mask_decoder::ViewUse use) {
  edits_.UseView(id, scene_->views[size_t(scene_->FindView(view))].name, use);
}

void ScenePrompts::SetObjects(const mask_decoder::Prompts& prompts, std::vector<mask_decoder::DecodedObject> objects,
                              MaskState state, const std::vector<int>& views) {
  SANERF_CHECK(edits_.objects().empty() && prompts.objects.size() == objects.size());
  PromptEdits edits;
  for (size_t i = 0; i < objects.size(); ++i) {
    for (const mask_decoder::ViewDecision& view : objects[i].views)
      SANERF_CHECK(!view.used || std::find(views.begin(), views.end(), view.view_idx) != views.end());
    objects[i].views = InOrderOf(views, std::move(objects[i].views), *scene_);
    const ObjectId id = edits.AddObject(prompts.objects[i]);
    for (const mask_decoder::ViewDecision& view : objects[i].views) edits.UseView(id, view.view, view.use);
    edits.SetMasks(id, std::make_shared<const mask_decoder::DecodedObject>(std::move(objects[i])), state);
  }
  edits.ForgetPast();
  edits_ = std::move(edits);
}

}  // namespace sanerf::segmentation
