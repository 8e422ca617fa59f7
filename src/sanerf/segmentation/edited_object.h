// An object as the user describes it, and how the masks that were made of it stand to what has been said since.
#pragma once

#include <cstdint>
#include <map>
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
  kFirst,      // of these prompts, but only in the few views to begin with
  kPartial,    // corrected in a few views only; others that see the new prompts are ignored
  kDecoded,    // of these prompts, each view by itself
  kRefined,    // of these prompts, with what the views say about each other
  kHeld  // of other prompts, in a copy (PromptEdits::Select) that shows them as they are and makes nothing of them
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

  // Prompts were added (kOutgrown), or moved or removed (kWithdrawn): the masks are of other ones from now on.
  void Outdate(MaskState since, int64_t new_edition);
  // What the user wants of the view. A view that is dropped stays as it is otherwise, and so does one that is kept for
  // the mask it has; else the masks are outdated.
  void Use(const std::string& view, mask_decoder::ViewUse use, int64_t new_edition);
};

}  // namespace sanerf::segmentation
