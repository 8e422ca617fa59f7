// Segment Anything behind ONNX Runtime: encode an image once, predict many masks (SAM's own predictor contract).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/models/onnx_session.h"
#include "sanerf/sam/sam_frame.h"

namespace sanerf::sam {

// What the image encoder returns for one image: one map (SAM, MobileSAM), two (HQ-SAM: with
// the intermediate maps) or three (SAM 2).
struct SamFeatures {
  int image_width = 0, image_height = 0;  // of the encoded image; prompts and masks are in its pixels
  std::vector<models::Tensor> maps;
};

struct SamPrompt {
  struct Point {
    float x = 0, y = 0;  // pixels of the encoded image, centers at +0.5
    int label = 1;       // 1 positive, 0 negative
  };
  struct Box {
    float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  };
  std::vector<Point> points;
  std::optional<Box> box;
  ImageF mask_logits;  // empty, or the low-resolution logits of an earlier prediction (256x256)
};

struct SamMask {
  ImageF logits;  // low resolution, 256x256, in the model's own square frame (as mask_logits wants it)
  float predicted_iou = 0;
  int candidate = 0;  // 0: the model's single mask; 1 to 3: its three hypotheses, from subpart to whole
};

// Which of the candidates to take; measured per model, see docs/studies/sam_candidates.md.
enum class MaskRule {
  kHighestPredictedIou,  // of the three hypotheses (paper)
  kSingleMask            // candidate 0
};

class Sam {
 public:
  virtual ~Sam() = default;

  virtual const std::string& name() const = 0;
  virtual uint64_t Fingerprint() const = 0;  // of the model files
  virtual MaskRule default_rule() const = 0;

  // How images of that size lie in the square that the encoder sees. SAM pads, SAM 2 stretches.
  virtual SamFrame FrameOf(int width, int height) const { return SamFrame::Padded(width, height); }
  // rgb: 3 channels, [0, 1], any size.
  virtual SamFeatures Encode(const ImageF& rgb, const Job& job) const = 0;
  // A predictor on the same loaded model with a current image of its own, for another thread.
  virtual std::unique_ptr<Sam> Share() const = 0;
  // Makes `features` the current image (no computation).
  virtual void SetFeatures(std::shared_ptr<const SamFeatures> features) = 0;

  // multimask: all candidates that the model offers, in the order of their numbers: the single mask and the three
  // hypotheses for both catalogue models, only one of the two kinds for a model by path that hides the other.
  // Otherwise exactly one: the single mask, or the best hypothesis when the model offers none.
  // HQ-SAM offers exactly one, candidate 0, whatever is asked for: SAM's mask plus the correction, or the correction's
  // token alone, as chosen when the decoder was exported (docs/models.md). Its predicted_iou is that of the SAM mask
  // that was corrected; HQ-SAM predicts none of its own.
  virtual std::vector<SamMask> Predict(const SamPrompt& prompt, bool multimask, const Job& job) const = 0;
  // Logits resampled bilinearly to the encoded image's pixels (undoes stretch or padding); mask = logit > 0.
  virtual ImageF ToImageFrame(const SamMask& mask) const = 0;
  // The same at another size of the image, for quick looks.
  virtual ImageF ToImageFrame(const SamMask& mask, int width, int height) const = 0;
  // Logits over the encoded image, at any resolution, as SamPrompt::mask_logits wants them.
  virtual ImageF FromImageFrame(const ImageF& logits) const = 0;
};

// The candidate that `rule` takes; the other kind's when the model offers none of the wanted one.
const SamMask& ChooseMask(const std::vector<SamMask>& candidates, MaskRule rule);

}  // namespace sanerf::sam
