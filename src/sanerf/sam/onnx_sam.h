// SAM's and SAM 2's ONNX exports behind the Sam interface; which of the two, the decoder's tensors tell.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sanerf/sam/sam.h"

namespace sanerf {

struct OnnxSamFiles {
  std::string name;  // what the model is called
  std::filesystem::path encoder, decoder;
  uint64_t fingerprint = 0;
  MaskRule default_rule = MaskRule::kHighestPredictedIou;
  std::string hint;  // what to do when a file cannot be used
};

// Throws Error: file missing, not a model, or a tensor that does not fit.
std::unique_ptr<Sam> LoadOnnxSam(const OnnxSamFiles& files);

}  // namespace sanerf
