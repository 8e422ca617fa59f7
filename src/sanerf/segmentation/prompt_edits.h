// What the user says about objects while it changes: prompts are added, moved and removed, undone and redone. Masks go
// with the prompts that they were made from, so that undo brings both back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
  kFirst,      // of these prompts, but only in the few views to begin with
  kPartial,    // corrected in a few views only; others that see the new prompts are ignored
  kDecoded,    // of these prompts, each view by itself
  kRefined,    // of these prompts, with what the views say about each other
  kHeld        // of other prompts, in a copy (Select) that shows them as they are and makes nothing of them
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
  std::map<std::string, mask_decoder::ViewUse> uses = {};    // by view, where it is not kAuto
  int64_t edition = 0;  // another number whenever prompts or uses are others; undo brings it back

  mask_decoder::ObjectPrompt AsPrompt() const;
  mask_decoder::ViewUse UseOf(const std::string& view) const;
};

// An object as somebody else has made it, of the prompts in `about`.
struct MadeObject {
  mask_decoder::ObjectPrompt about;
  std::map<std::string, mask_decoder::ViewUse> uses = {};              // as in EditedObject
  std::shared_ptr<const mask_decoder::DecodedObject> masks = nullptr;  // refined; null: to be decoded
};

// The objects before an edit, or after one that was undone, and what that edit is called: "add click".
struct EditMoment {
  std::vector<EditedObject> objects;
  std::string edit;
};
// All that a PromptEdits is, to be stored and restored: the masks are shared.
struct EditHistory {
  std::vector<EditedObject> now;
  std::vector<EditMoment> past = {}, future = {};  // the nearest last
  int64_t last_id = 0;                             // that was given to anything
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
  explicit PromptEdits(EditHistory history);
  EditHistory history() const { return {now_, past_, future_, last_id_}; }

  const std::vector<EditedObject>& objects() const { return now_; }
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
  // A view that is dropped stays as it is otherwise, and so does one that is kept for the mask it has; else the masks
  // are made anew.
  void UseView(ObjectId id, const std::string& view, mask_decoder::ViewUse use);

  // The last edit and the masks made since; false when there is none. The last 100 can be undone.
  bool Undo();
  bool Redo();
  void ForgetPast();                                    // nothing can be undone
  int64_t num_rewinds() const { return num_rewinds_; }  // how often either was done
  // What they would undo and redo, "add click"; none when there is nothing.
  std::optional<std::string> undo_name() const { return NameOfLast(past_); }
  std::optional<std::string> redo_name() const { return NameOfLast(future_); }

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
  // What is further away than so many undos or redos is decoded again when it comes back: masks take memory.
  void ForgetMasksBeyond(size_t num_moments);

 private:
  using State = std::vector<EditedObject>;
  static std::optional<std::string> NameOfLast(const std::vector<EditMoment>& moments);
  void Append(const mask_decoder::ObjectPrompt& more, EditedObject* object);
  ObjectId Append(const mask_decoder::ObjectPrompt& object, State* state);
  void Commit(State next, const std::string& edit);
  void Outdate(MaskState state, EditedObject* object);
  template <class F>
  void ForEach(const F& visit);  // object of any moment

  State now_;
  std::vector<EditMoment> past_, future_;  // the nearest last
  int64_t num_rewinds_ = 0, last_id_ = 0;
};

}  // namespace sanerf::segmentation
