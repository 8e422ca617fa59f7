#include "sanerf/segmentation/prompt_edits.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"

namespace sanerf::segmentation {

using mask_decoder::ClickPrompt;
using mask_decoder::ObjectPrompt;

namespace {

ObjectPrompt Mug() {
  ObjectPrompt object;
  object.name = "mug";
  object.points = {{Vec3(1, 2, 3), 1}};
  object.clicks = {{"a", Vec2(4, 5), 1}};
  object.boxes = {{"a", 0, 0, 9, 9}, {"b", 1, 1, 8, 8}};
  return object;
}

// Masks of the object as it is.
void Decode(PromptEdits* edits, ObjectId id) {
  edits->SetMasks(id, std::make_shared<const mask_decoder::DecodedObject>(), MaskState::kRefined);
}

TEST(PromptEdits, AnObjectComesBackAsItWasGiven) {
  PromptEdits edits;
  edits.AddObject(Mug());
  EXPECT_EQ(mask_decoder::ToJson(edits.AsPrompts()), mask_decoder::ToJson(mask_decoder::Prompts{{Mug()}}));
  EXPECT_EQ(edits.objects()[0].state, MaskState::kNone);
}

TEST(PromptEdits, MorePromptsOutgrowMasksAndOtherPromptsWithdrawThem) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  Decode(&edits, id);
  const PromptId click = edits.AddPrompt(id, ClickPrompt{"b", Vec2(1, 1), 0});
  EXPECT_EQ(edits.Object(id).state, MaskState::kOutgrown);
  edits.MovePrompt(click, ClickPrompt{"b", Vec2(2, 2), 0});
  EXPECT_EQ(edits.Object(id).state, MaskState::kWithdrawn);
  edits.AddPrompt(id, mask_decoder::PointPrompt{Vec3(0, 0, 0), 1});
  EXPECT_EQ(edits.Object(id).state, MaskState::kWithdrawn);  // more prompts do not make up for that
  Decode(&edits, id);
  edits.RemovePrompt(click);
  EXPECT_EQ(edits.Object(id).state, MaskState::kWithdrawn);
  EXPECT_NE(edits.Object(id).masks, nullptr);  // still the best there is
  while (!edits.Object(id).prompts.empty()) edits.RemovePrompt(edits.Object(id).prompts[0].id);
  EXPECT_EQ(edits.Object(id).state, MaskState::kNone);
  EXPECT_EQ(edits.Object(id).masks, nullptr);
}

TEST(PromptEdits, MoreOfAnObjectReplacesBoxesOfTheSameView) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  ObjectPrompt more;
  more.instance = 7;
  more.boxes = {{"b", 2, 2, 6, 6}};
  more.clicks = {{"c", Vec2(0, 0), 0}};
  edits.AddPrompts(id, more);
  const ObjectPrompt object = edits.AsPrompts().objects[0];
  EXPECT_EQ(object.name, "mug");
  EXPECT_EQ(object.instance, 7);
  EXPECT_EQ(object.clicks.size(), 2u);
  ASSERT_EQ(object.boxes.size(), 2u);
  EXPECT_EQ(object.boxes[0].view, "a");
  EXPECT_EQ(object.boxes[1].x0, 2);
}

TEST(PromptEdits, UndoBringsPromptsAndTheirMasksBack) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  Decode(&edits, id);
  const auto masks = edits.Object(id).masks;
  const PromptId click = edits.AddPrompt(id, ClickPrompt{"b", Vec2(1, 1), 0});
  Decode(&edits, id);
  const auto corrected = edits.Object(id).masks;
  ASSERT_TRUE(edits.Undo());
  EXPECT_EQ(edits.Object(id).masks, masks);
  EXPECT_EQ(edits.Object(id).state, MaskState::kRefined);
  EXPECT_EQ(mask_decoder::ToJson(edits.AsPrompts()), mask_decoder::ToJson(mask_decoder::Prompts{{Mug()}}));
  ASSERT_TRUE(edits.Redo());
  EXPECT_EQ(edits.Object(id).masks, corrected);
  EXPECT_EQ(edits.Object(id).prompts.back().id, click);
  EXPECT_FALSE(edits.Redo());
  ASSERT_TRUE(edits.Undo());
  ASSERT_TRUE(edits.Undo());
  EXPECT_TRUE(edits.objects().empty());
  EXPECT_FALSE(edits.Undo());
  EXPECT_EQ(edits.num_rewinds(), 4);
  // A new edit takes the place of what was undone, with ids of its own.
  EXPECT_NE(edits.AddObject(Mug()), id);
  EXPECT_FALSE(edits.Redo());
}

TEST(PromptEdits, MistakesChangeNothing) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  ObjectPrompt plate;
  plate.name = "plate";
  const ObjectId other = edits.AddObject(plate);
  const std::string before = mask_decoder::ToJson(edits.AsPrompts()).dump();
  const PromptId point = edits.Object(id).prompts[0].id;
  EXPECT_THROW(edits.AddObject(Mug()), UsageError);
  EXPECT_THROW(edits.RenameObject(other, "mug"), UsageError);
  EXPECT_THROW(edits.MovePrompt(point, ClickPrompt{"a", Vec2(0, 0), 1}), UsageError);
  EXPECT_THROW(edits.RemovePrompt(PromptId(99)), UsageError);
  EXPECT_THROW(edits.AddPrompt(ObjectId(99), mask_decoder::PointPrompt{}), UsageError);
  EXPECT_THROW(edits.RemoveObject(ObjectId(99)), UsageError);
  edits.RenameObject(other, "plate");  // its own name
  EXPECT_EQ(mask_decoder::ToJson(edits.AsPrompts()).dump(), before);
  edits.Undo();
  EXPECT_EQ(edits.objects().size(), 1u);  // none of them was an edit
}

TEST(PromptEdits, OnlyTheLastHundredEditsAreKept) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  for (int i = 0; i < 150; ++i) edits.AddPrompt(id, mask_decoder::PointPrompt{Vec3(i, 0, 0), 1});
  int num_undone = 0;
  while (edits.Undo()) ++num_undone;
  EXPECT_EQ(num_undone, 100);
}

}  // namespace
}  // namespace sanerf::segmentation
