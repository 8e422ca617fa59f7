// What the user says about objects while it changes: prompts are added, moved and removed, undone and redone. Masks go
// with the prompts that they were made from, so that undo brings both back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/segmentation/edit_history.h"
#include "sanerf/segmentation/edited_object.h"

namespace sanerf::segmentation {

// An object as somebody else has made it, of the prompts in `about`.
struct MadeObject {
  mask_decoder::ObjectPrompt about;
  std::map<std::string, mask_decoder::ViewUse> uses = {};              // as in EditedObject
  std::shared_ptr<const mask_decoder::DecodedObject> masks = nullptr;  // refined; null: to be decoded
};

// The objects that have masks; the label in their field is the position + 1.
struct LabeledObjects {
  std::vector<ObjectId> ids;
  mask_decoder::Prompts prompts;
  std::vector<std::shared_ptr<const mask_decoder::DecodedObject>> masks;  // with what was decided in every view
};

// A value: copies share the masks. Unknown ids are a UsageError, which changes nothing.
class PromptEdits {
 public:
  PromptEdits() = default;
  explicit PromptEdits(EditHistory history) : history_(std::move(history)) {}
  EditHistory history() const { return history_; }

  const std::vector<EditedObject>& objects() const { return history_.now; }
  const EditedObject& Object(ObjectId id) const;
  mask_decoder::Prompts AsPrompts() const;
  LabeledObjects Labeled() const;

  // Each of these is one edit. Throws UsageError for a name that another object has.
  ObjectId AddObject(const mask_decoder::ObjectPrompt& object);
  std::vector<ObjectId> AddObjects(const mask_decoder::Prompts& objects, const std::string& edit);  // all at once
  // Those that an object of that name has are replaced, its id stays; others join.
  void TakeOver(const std::vector<MadeObject>& objects, const std::string& edit);
  void RenameObject(ObjectId id, const std::string& name);
  void RemoveObject(ObjectId id);
  // Instance and min_visible replace the old ones where they are given; so does a box in a view that has one.
  void AddPrompts(ObjectId id, const mask_decoder::ObjectPrompt& more);
  PromptId AddPrompt(ObjectId id, const Prompt& prompt);
  void MovePrompt(PromptId id, const Prompt& to);  // of the same kind
  void RemovePrompt(PromptId id);
  void UseView(ObjectId id, const std::string& view, mask_decoder::ViewUse use);

  // As in EditHistory.
  bool Undo();
  bool Redo();
  int64_t num_rewinds() const { return num_rewinds_; }  // how often either was done
  void ForgetPast() { history_.ForgetPast(); }
  void ForgetMasksBeyond(size_t num_moments) { history_.ForgetMasksBeyond(num_moments); }
  std::optional<std::string> undo_name() const { return history_.undo_name(); }
  std::optional<std::string> redo_name() const { return history_.redo_name(); }

  // No edit: what was made from the prompts as they are.
  void SetMasks(ObjectId id, std::shared_ptr<const mask_decoder::DecodedObject> masks, MaskState state);
  // A copy to make masks for, without what could be undone. Objects that are held go with the masks they have.
  enum class Part { kNone, kHeld, kWanted };
  PromptEdits Select(const std::function<Part(const EditedObject&)>& part_of) const;
  // What was made meanwhile from a copy of this: goes to the objects whose prompts are still the same, also to those
  // that undo or redo would bring back.
  void TakeMasks(const PromptEdits& made);
  // Nothing that was made holds any more, here or in what undo would bring back: the scene's depth is another.
  void OutdateAll();

 private:
  using State = std::vector<EditedObject>;
  int64_t NextId() { return ++history_.last_id; }
  void Append(const mask_decoder::ObjectPrompt& more, EditedObject* object);
  ObjectId Append(const mask_decoder::ObjectPrompt& object, State* state);

  EditHistory history_;
  int64_t num_rewinds_ = 0;
};

}  // namespace sanerf::segmentation
