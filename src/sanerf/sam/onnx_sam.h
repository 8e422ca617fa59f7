// SAM's, HQ-SAM's and SAM 2's ONNX exports behind the Sam interface; which of them, the decoder's inputs say:
//
//            from the encoder                                                       masks handed out
//   SAM      image_embeddings [1, C, 64, 64]                                        low_res_masks, 1 to 4
//   HQ-SAM   image_embeddings, interm_embeddings [N, 1, 64, 64, D]                  low_res_masks, 1
//   SAM 2    high_res_feats_0 [1, C, 256, 256], high_res_feats_1 [1, C, 128, 128],
//            image_embed [1, C, 64, 64]                                             masks, 1 to 4
//
// The encoder's outputs carry the same names; only image_embeddings may have another one where none else can be meant.
// N, D: 4, 768 (HQ-SAM vit_b); 4, 1024 (vit_l); 4, 1280 (vit_h); 1, 160 (vit_tiny). Encoder and decoder must agree.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/sam/sam.h"

namespace sanerf::sam {

struct OnnxSamFiles {
  std::string name;  // what the model is called
  std::filesystem::path encoder, decoder;
  uint64_t fingerprint = 0;
  MaskRule default_rule = MaskRule::kHighestPredictedIou;
  std::string hint;  // what to do when a file cannot be used
};

// Throws Error: file missing, not a model, or a tensor that does not fit.
std::unique_ptr<Sam> LoadOnnxSam(const OnnxSamFiles& files, const Job& job);

}  // namespace sanerf::sam
