// SAM's masks for the cursor, before anything is clicked: the decoder alone, on a view that is encoded.
#pragma once

#include <memory>
#include <mutex>

#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/segmentation/prompt_edits.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::viewer {

struct HoverRequest {
  int view = -1;
  Vec2 xy = Vec2::Zero();  // pixels of the photo
  int label = 1;
  int size = 512;                   // longest side of the masks
  segmentation::ObjectId object{};  // whose other prompts count, too; 0 = none
};
// As the page sends it. Throws Error for what makes no sense, UsageError for a place outside of the photo.
HoverRequest ReadHover(const Json& request, const scene::Scene& scene);

class Hover {
 public:
  // A predictor of its own on the loaded model. What input refers to is shared.
  Hover(const segmentation::SegmentationInput& input, const mask_decoder::MaskDecoderOptions& options);

  // {"seconds", "candidates": [{"candidate", "score", "png"}], "best"} of docs/viewer.md. The view is encoded. One call
  // at a time goes on; others wait. object: as it is now; null = none. Throws UsageError for a place outside of the
  // photo, InterruptedError.
  Json Ask(const HoverRequest& request, const segmentation::EditedObject* object, const Job& job);

 private:
  sam::SamPrompt PromptFor(const HoverRequest& request, const segmentation::EditedObject* object, const Job& job) const;

  segmentation::SegmentationInput input_;
  mask_decoder::MaskDecoderOptions options_;
  std::mutex mutex_;
  std::unique_ptr<sam::Sam> sam_;
  int view_ = -1;  // sam_'s current image
};

}  // namespace sanerf::viewer
