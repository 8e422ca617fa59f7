// Grounding DINO's ONNX exports. Read, by name and type:
//
//   image     img, pixel_values, inputs or samples [1, 3, H, W]         pixel_mask [1, H, W]
//   text      input_ids [1, N]     token_type_ids [1, N]     position_ids [1, N]
//             attention_mask or text_token_mask [1, N]: which tokens are there
//             text_token_mask or text_self_attention_masks [1, N, N]: which tokens read each other
//   answers   logits or pred_logits [1, Q, >= N]: per box and token, before the sigmoid
//             pred_boxes or boxes [1, Q, 4]: center and size in shares of the image
//
// The release's own model is exported with all of the text tensors, Hugging Face's computes masks and positions inside.
#pragma once

#include <memory>

#include "sanerf/detect/text_detector.h"
#include "sanerf/models/onnx_session.h"

namespace sanerf::detect {

// Throws Error: a tensor that is not known or does not fit, no vocab.txt beside the model.
std::unique_ptr<TextDetector> MakeGroundingDino(const DetectorFiles& files,
                                                std::unique_ptr<models::OnnxSession> session,
                                                const TextDetectorOptions& options);

}  // namespace sanerf::detect
