#include "sanerf/segmentation/edited_object.h"

#include <gtest/gtest.h>

namespace sanerf::segmentation {
namespace {

// With a click, and masks: used in views a and b, none in c.
EditedObject MaskedObject(MaskState state) {
  mask_decoder::DecodedObject masks;
  for (const char* view : {"a", "b", "c"}) {
    mask_decoder::ViewDecision decision;
    decision.view = view;
    decision.used = decision.view != "c";
    if (decision.used) decision.mask = ImageU8(2, 2, 1);
    masks.views.push_back(decision);
  }
  EditedObject object{ObjectId(1), {}, {{PromptId(2), mask_decoder::ClickPrompt{"a", Vec2(1, 1), 1}}}, state, nullptr};
  object.masks = std::make_shared<const mask_decoder::DecodedObject>(std::move(masks));
  object.edition = 3;
  return object;
}

TEST(EditedObject, MorePromptsCorrectAnAnswerButNoFirstLook) {
  EditedObject object = MaskedObject(MaskState::kRefined);
  object.Outdate(MaskState::kOutgrown, 4);
  EXPECT_EQ(object.state, MaskState::kOutgrown);
  EXPECT_EQ(object.edition, 4);
  object.Outdate(MaskState::kWithdrawn, 5);
  object.Outdate(MaskState::kOutgrown, 6);
  EXPECT_EQ(object.state, MaskState::kWithdrawn);  // more prompts do not make up for that
  object = MaskedObject(MaskState::kFirst);
  object.Outdate(MaskState::kOutgrown, 4);
  EXPECT_EQ(object.state, MaskState::kWithdrawn);
  EXPECT_NE(object.masks, nullptr);  // still the best there is
  object.prompts.clear();
  object.Outdate(MaskState::kWithdrawn, 5);
  EXPECT_EQ(object.state, MaskState::kNone);
  EXPECT_EQ(object.masks, nullptr);
}

TEST(EditedObject, OnlyWhatTheMasksCannotShowIsDecodedAgain) {
  EditedObject object = MaskedObject(MaskState::kRefined);
  object.Use("b", mask_decoder::ViewUse::kNever, 4);
  EXPECT_EQ(object.state, MaskState::kRefined);
  EXPECT_FALSE(object.masks->views[1].used);
  EXPECT_EQ(object.edition, 4);
  object.Use("a", mask_decoder::ViewUse::kNever, 5);  // no view would be left
  EXPECT_EQ(object.state, MaskState::kWithdrawn);
  EXPECT_EQ(object.UseOf("a"), mask_decoder::ViewUse::kNever);
  EXPECT_EQ(object.UseOf("c"), mask_decoder::ViewUse::kAuto);

  object = MaskedObject(MaskState::kRefined);
  object.Use("a", mask_decoder::ViewUse::kAlways, 4);
  EXPECT_EQ(object.state, MaskState::kRefined);
  object.Use("a", mask_decoder::ViewUse::kAuto, 5);  // whether the views would have agreed on it nobody knows
  EXPECT_EQ(object.state, MaskState::kWithdrawn);
  EXPECT_TRUE(object.uses.empty());
  object = MaskedObject(MaskState::kRefined);
  object.Use("c", mask_decoder::ViewUse::kAlways, 4);  // there is no mask that could be kept
  EXPECT_EQ(object.state, MaskState::kWithdrawn);
}

}  // namespace
}  // namespace sanerf::segmentation
