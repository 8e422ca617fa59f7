#include "sanerf/segmentation/scene_prompts.h"

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

}  // namespace sanerf::segmentation
