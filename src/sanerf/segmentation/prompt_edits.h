// What the user says about objects while it changes: prompts are added, moved and removed, undone and redone. Masks go
// with the prompts that they were made from, so that undo brings both back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::segmentation {

// Never given twice.
enum class ObjectId : int64_t {};
enum class PromptId : int64_t {};

using Prompt = std::variant<mask_decoder::PointPrompt, mask_decoder::ClickPrompt, mask_decoder::BoxPrompt>;
mask_decoder::ObjectPrompt AsObject(const Prompt& prompt);  // without a name

// How an object's masks stand to its prompts.
enum class MaskState {
  kNone,       // there are no masks
  kOutgrown,   // prompts were added since: SAM is shown the masks beside them, a correction
  kWithdrawn,  // prompts were moved or removed since: the masks show what was meant before
  kPartial,    // corrected in a few views only; others that see the new prompts are ignored
  kDecoded,    // of these prompts, each view by itself
  kRefined     // of these prompts, with what the views say about each other
};

struct PlacedPrompt {
  PromptId id;
  Prompt prompt;
};

struct EditedObject {
  ObjectId id;
  mask_decoder::ObjectPrompt about;  // name, instance, min_visible, text; no prompts
  std::vector<PlacedPrompt> prompts;
  MaskState state = MaskState::kNone;
  std::shared_ptr<const mask_decoder::DecodedObject> masks;  // null with kNone

  mask_decoder::ObjectPrompt AsPrompt() const;
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
  const std::vector<EditedObject>& objects() const { return now_; }
  const EditedObject& Object(ObjectId id) const;
  mask_decoder::Prompts AsPrompts() const;
  LabeledObjects Labeled() const;

  // Each of these is one edit. Throws UsageError for a name that another object has.
  ObjectId AddObject(const mask_decoder::ObjectPrompt& object);
  void RenameObject(ObjectId id, const std::string& name);
  void RemoveObject(ObjectId id);
  // Instance and min_visible replace the old ones where they are given; so does a box in a view that has one.
  void AddPrompts(ObjectId id, const mask_decoder::ObjectPrompt& more);
  PromptId AddPrompt(ObjectId id, const Prompt& prompt);
  void MovePrompt(PromptId id, const Prompt& to);  // of the same kind
  void RemovePrompt(PromptId id);

  // The last edit and the masks made since; false when there is none. The last 100 can be undone.
  bool Undo();
  bool Redo();
  void ForgetPast();                                    // nothing can be undone
  int64_t num_rewinds() const { return num_rewinds_; }  // how often either was done

  // No edit: what was made from the prompts as they are.
  void SetMasks(ObjectId id, std::shared_ptr<const mask_decoder::DecodedObject> masks, MaskState state);

 private:
  using State = std::vector<EditedObject>;
  void Append(const mask_decoder::ObjectPrompt& more, EditedObject* object);
  void Commit(State next);

  State now_;
  std::vector<State> past_, future_;  // the nearest last
  int64_t num_rewinds_ = 0, last_id_ = 0;
};

}  // namespace sanerf::segmentation
