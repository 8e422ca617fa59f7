// What the user says about objects of a scene: edits of prompts whose places have been checked.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/prompt_edits.h"

namespace sanerf::segmentation {

// See PromptEdits; nothing is decoded. Throws UsageError also for an unknown view, for a place outside its image and
// for one in a held-out photo (CheckPromptPlaces).
class ScenePrompts {
 public:
  explicit ScenePrompts(std::shared_ptr<const scene::Scene> scene) : scene_(std::move(scene)) {}

  ObjectId AddObject(const mask_decoder::ObjectPrompt& object);
  void AddPrompts(ObjectId id, const mask_decoder::ObjectPrompt& more);
  PromptId AddPrompt(ObjectId id, const Prompt& prompt);
  void MovePrompt(PromptId id, const Prompt& to);
  void RemovePrompt(PromptId id) { edits_.RemovePrompt(id); }
  void RenameObject(ObjectId id, const std::string& name) { edits_.RenameObject(id, name); }
  void RemoveObject(ObjectId id) { edits_.RemoveObject(id); }
  void UseView(ObjectId id, const std::string& view, mask_decoder::ViewUse use);
  bool Undo() { return edits_.Undo(); }  // brings masks back exactly
  bool Redo() { return edits_.Redo(); }
  std::vector<EditedObject> objects() const { return edits_.objects(); }
  mask_decoder::Prompts prompts() const { return edits_.AsPrompts(); }

  // For who keeps the prompts himself because his user goes on while masks are made: the prompts and masks to go on
  // from, and what has become of them.
  void SetEdits(PromptEdits edits) { edits_ = std::move(edits); }
  const PromptEdits& edits() const { return edits_; }

 protected:
  // Objects that have masks already, before anything else: masks in some of `views`. What the user wanted of a view is
  // wanted still.
  void SetObjects(const mask_decoder::Prompts& prompts, std::vector<mask_decoder::DecodedObject> objects,
                  MaskState state, const std::vector<int>& views);

  PromptEdits edits_;

 private:
  std::shared_ptr<const scene::Scene> scene_;
};

}  // namespace sanerf::segmentation
