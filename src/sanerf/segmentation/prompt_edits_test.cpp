#include "sanerf/segmentation/prompt_edits.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"

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

TEST(PromptEdits, SaysWhatUndoAndRedoWouldDo) {
  PromptEdits edits;
  EXPECT_EQ(edits.undo_name(), std::nullopt);
  const ObjectId id = edits.AddObject(Mug());
  const PromptId click = edits.AddPrompt(id, ClickPrompt{"b", Vec2(1, 1), 0});
  EXPECT_EQ(edits.undo_name(), "add click");
  edits.RemovePrompt(click);
  edits.UseView(id, "a", mask_decoder::ViewUse::kNever);
  EXPECT_EQ(edits.undo_name(), "drop view");
  edits.Undo();
  EXPECT_EQ(edits.undo_name(), "remove click");
  EXPECT_EQ(edits.redo_name(), "drop view");
  edits.Redo();
  EXPECT_EQ(edits.Object(id).UseOf("a"), mask_decoder::ViewUse::kNever);
  edits.UseView(id, "a", mask_decoder::ViewUse::kNever);  // as it is: no edit
  EXPECT_EQ(edits.undo_name(), "drop view");
  const PromptId first = edits.Object(id).prompts[1].id;
  edits.MovePrompt(first, ClickPrompt{"a", Vec2(4, 5), 1, 2});
  EXPECT_EQ(edits.undo_name(), "choose mask");
  edits.MovePrompt(first, ClickPrompt{"a", Vec2(6, 5), 1});
  EXPECT_EQ(edits.undo_name(), "move click");
}

TEST(PromptEdits, MasksMadeFromACopyFindTheirPrompts) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  PromptEdits copy = edits.Select([](const EditedObject&) { return PromptEdits::Part::kWanted; });
  edits.AddPrompt(id, ClickPrompt{"b", Vec2(1, 1), 0});  // while they are made
  Decode(&copy, id);
  edits.TakeMasks(copy);
  EXPECT_EQ(edits.Object(id).masks, nullptr);  // of other prompts
  edits.Undo();
  EXPECT_EQ(edits.Object(id).masks, copy.Object(id).masks);
  edits.RenameObject(id, "cup");
  edits.TakeMasks(copy);  // a name changes no mask
  EXPECT_NE(edits.Object(id).masks, nullptr);
}

TEST(PromptEdits, WhatSomebodyElseHasMadeIsOneEdit) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  const std::string before = mask_decoder::ToJson(edits.AsPrompts()).dump();
  ObjectPrompt other = Mug(), cup = Mug();
  other.clicks.push_back({"b", Vec2(7, 7), 0});
  cup.name = "cup";
  const auto masks = std::make_shared<const mask_decoder::DecodedObject>();
  edits.TakeOver({{other, {{"a", mask_decoder::ViewUse::kNever}}, masks}, {cup}}, "changed elsewhere");
  ASSERT_EQ(edits.objects().size(), 2u);
  EXPECT_EQ(edits.objects()[0].id, id);
  EXPECT_EQ(mask_decoder::ToJson(edits.Object(id).AsPrompt()), mask_decoder::ToJson(other));
  EXPECT_EQ(edits.Object(id).UseOf("a"), mask_decoder::ViewUse::kNever);
  EXPECT_EQ(edits.Object(id).state, MaskState::kRefined);
  EXPECT_EQ(edits.objects()[1].state, MaskState::kNone);
  EXPECT_EQ(edits.undo_name(), "changed elsewhere");
  edits.Undo();
  EXPECT_EQ(mask_decoder::ToJson(edits.AsPrompts()).dump(), before);
}

TEST(PromptEdits, AHistoryGoesOnWhereItWasLeft) {
  PromptEdits edits;
  const ObjectId id = edits.AddObject(Mug());
  edits.AddPrompt(id, ClickPrompt{"b", Vec2(1, 1), 0});
  edits.Undo();
  PromptEdits restored(edits.history());
  EXPECT_TRUE(restored.Redo());
  EXPECT_EQ(restored.AsPrompts().objects[0].clicks.size(), 2u);
  EXPECT_TRUE(restored.Undo());
  EXPECT_TRUE(restored.Undo());
  EXPECT_TRUE(restored.objects().empty());
  EXPECT_NE(restored.AddObject(Mug()), id);  // ids go on as well
}

}  // namespace
}  // namespace sanerf::segmentation
