#include "sanerf/viewer/commands.h"

#include <gtest/gtest.h>

namespace sanerf::viewer {
namespace {

using segmentation::PromptEdits;

TEST(SegmentCommand, SaysAllThatWasSaidSoThatAShellTakesIt) {
  mask_decoder::ObjectPrompt mug, plate, nothing, chosen;
  mug.name = "red mug";
  mug.clicks = {{"train/a 1.png", Vec2(310, 220.5), 1}, {"train/b.png", Vec2(3, 4), 0}};
  mug.points = {{Vec3(-0.25, 1, 2), 0}};
  plate.name = "plate";
  plate.boxes = {{"train/b.png", 1, 2, 30, 40}};
  nothing.name = "nothing";
  chosen.name = "cup";
  chosen.clicks = {{"train/b.png", Vec2(3, 4), 1, 2}};
  PromptEdits all, none, two;
  for (const auto& object : {mug, nothing, plate, chosen}) all.AddObject(object);
  all.UseView(all.objects()[0].id, "train/c 2.png", mask_decoder::ViewUse::kNever);
  all.UseView(all.objects()[2].id, "train/a 1.png", mask_decoder::ViewUse::kAlways);
  none.AddObject(nothing);
  for (const auto& object : {chosen, plate}) two.AddObject(object);
  EXPECT_EQ(SegmentCommand("my run", all.objects()),
            "sanerf segment 'my run' --name 'red mug' --point=-0.25,1,2:neg --click 'train/a 1.png:310,220.5' --click "
            "train/b.png:3,4:neg --drop 'train/c 2.png' && sanerf segment 'my run' --name plate --box "
            "train/b.png:1,2,30,40 --keep 'train/a 1.png' --add && sanerf segment 'my run' --name cup --click "
            "train/b.png:3,4:mask2 --add");
  EXPECT_EQ(SegmentCommand("run", none.objects()), "");
  EXPECT_EQ(SegmentCommand("run", two.objects(), " --preset paper"),
            "sanerf segment run --name cup --click train/b.png:3,4:mask2 --preset paper && sanerf segment run --name "
            "plate --box train/b.png:1,2,30,40 --add --preset paper");
}

TEST(FindCommand, IsByWordsOrForEverything) {
  EXPECT_EQ(FindCommand("my run", "mug. banana", false), "sanerf segment 'my run' --text 'mug. banana'");
  EXPECT_EQ(FindCommand("run", "mug", true), "sanerf segment run --text mug --add");
  EXPECT_EQ(FindCommand("run", "", true), "sanerf segment run --auto");
  StageFlags flags;
  flags.text = " --set text.threshold=0.5";
  EXPECT_EQ(FindCommand("run", "mug", false, flags), "sanerf segment run --text mug --set text.threshold=0.5");
  EXPECT_EQ(FindCommand("run", "", false, flags), "sanerf segment run --auto");
}

}  // namespace
}  // namespace sanerf::viewer
