#include "sanerf/mask_decoder/prediction_memory.h"

#include <gtest/gtest.h>

namespace sanerf::mask_decoder {
namespace {

TEST(PredictionMemory, AnswersTheSamePromptOnly) {
  PredictionMemory memory;
  sam::SamPrompt prompt;
  prompt.points = {{3.5f, 4.5f, 1}};
  std::vector<sam::SamMask> masks = {{ImageF(2, 2, 1, 1.5f), 0.75f, 0}, {ImageF(2, 2, 1, -2.25f), 0.5f, 2}};
  EXPECT_TRUE(memory.Recall(7, prompt).empty());
  memory.Keep(7, prompt, masks);

  const std::vector<sam::SamMask> kept = memory.Recall(7, prompt);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].candidate, 2);
  EXPECT_EQ(kept[0].predicted_iou, 0.75f);
  EXPECT_EQ(kept[0].logits.data, masks[0].logits.data);  // both are halves exactly
  EXPECT_EQ(kept[1].logits.data, masks[1].logits.data);
  EXPECT_TRUE(memory.Recall(8, prompt).empty());

  sam::SamPrompt other = prompt;
  other.points[0].label = 0;
  EXPECT_TRUE(memory.Recall(7, other).empty());
  other = prompt;
  other.points.push_back({1, 1, 1});
  EXPECT_TRUE(memory.Recall(7, other).empty());
  other = prompt;
  other.box = sam::SamPrompt::Box{0, 0, 5, 5};
  EXPECT_TRUE(memory.Recall(7, other).empty());
  other = prompt;
  other.mask_logits = ImageF(2, 2, 1);
  EXPECT_TRUE(memory.Recall(7, other).empty());
  memory.Keep(7, other, masks);  // a prompt with a mask is not kept, and replaces nothing
  EXPECT_EQ(memory.Recall(7, prompt).size(), 2u);
}

}  // namespace
}  // namespace sanerf::mask_decoder
