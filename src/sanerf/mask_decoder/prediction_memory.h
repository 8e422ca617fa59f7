// SAM's answers to prompts that come again: every refinement round prompts with the same points in the same view.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "sanerf/sam/sam.h"

namespace sanerf::mask_decoder {

// One prompt per view, its candidates in half precision (half a megabyte for SAM's four). Thread safe.
class PredictionMemory {
 public:
  // None when the view was asked something else, or nothing.
  std::vector<sam::SamMask> Recall(int view_idx, const sam::SamPrompt& prompt) const;
  // Prompts with a mask are not kept: masks change from round to round.
  void Keep(int view_idx, const sam::SamPrompt& prompt, const std::vector<sam::SamMask>& candidates);

  // What is known now, to be added to without this knowing.
  std::shared_ptr<PredictionMemory> Copy() const;

 private:
  struct Answer {
    sam::SamPrompt prompt;
    std::vector<sam::SamMask> candidates;       // without logits
    std::vector<std::vector<uint16_t>> logits;  // of each, half precision
    int width = 0, height = 0;
  };
  mutable std::mutex mutex_;
  std::map<int, std::shared_ptr<const Answer>> answers_;
};

}  // namespace sanerf::mask_decoder
