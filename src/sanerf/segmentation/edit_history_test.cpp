#include "sanerf/segmentation/edit_history.h"

#include <gtest/gtest.h>

namespace sanerf::segmentation {
namespace {

// One object with masks, which is edited num_edits times.
EditHistory EditedTimes(int num_edits) {
  EditHistory history;
  const auto masks = std::make_shared<const mask_decoder::DecodedObject>();
  history.now.push_back({ObjectId(1), {}, {}, MaskState::kRefined, masks});
  for (int i = 0; i < num_edits; ++i) {
    std::vector<EditedObject> next = history.now;
    next[0].edition = i + 1;
    history.Commit(std::move(next), "edit");
  }
  return history;
}

TEST(EditHistory, OnlyTheLastHundredEditsAreKept) {
  EditHistory history = EditedTimes(150);
  int num_undone = 0;
  while (history.Undo()) ++num_undone;
  EXPECT_EQ(num_undone, 100);
  EXPECT_EQ(history.now[0].edition, 50);
  EXPECT_EQ(history.undo_name(), std::nullopt);
  while (history.Redo()) --num_undone;
  EXPECT_EQ(num_undone, 0);
  EXPECT_EQ(history.now[0].edition, 150);
}

TEST(EditHistory, AnEditTakesThePlaceOfWhatWasUndone) {
  EditHistory history = EditedTimes(3);
  history.Undo();
  history.Undo();
  EXPECT_EQ(history.redo_name(), "edit");
  history.Commit({}, "remove object");
  EXPECT_EQ(history.redo_name(), std::nullopt);
  EXPECT_EQ(history.undo_name(), "remove object");
  history.ForgetPast();
  EXPECT_FALSE(history.Undo());
}

TEST(EditHistory, MasksThatAreFarAwayAreForgotten) {
  EditHistory history = EditedTimes(5);
  history.Undo();
  history.ForgetMasksBeyond(2);
  int num_with_masks = 0;
  history.ForEach([&](const EditedObject& object) {
    EXPECT_EQ(object.masks == nullptr, object.state == MaskState::kNone);
    num_with_masks += object.masks != nullptr;
  });
  EXPECT_EQ(num_with_masks, 1 + 2 + 1);  // now, of the four before it the two nearest, the one after it
  EXPECT_NE(history.past.back().objects[0].masks, nullptr);
}

}  // namespace
}  // namespace sanerf::segmentation
