#include "sanerf/nerf/train_nerf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TrainNerf, TheScoreInTheProgressSaysOfWhatAndOfWhichStep) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(4, 32), Job());
  scene::Scene scene = scene::LoadScene(folder / "scene", {}, Job());
  NerfOptions o;
  o.iters = 9;
  o.eval_fraction = 0.5f;  // after steps 4, 8 and the last one
  o.batch_samples = 1 << 12;
  o.log2_table = 10;
  o.levels = 8;
  o.top = 64;
  o.occupancy_resolution = 16;
  o.step = 0.05f;
  const auto progress = [&] {
    EventRecorder events;
    TrainNerf(scene, o, {folder / "nerf.ckpt", folder / "nerf.jsonl", /*resume=*/false}, Job().With(events));
    std::vector<std::string> lines;
    for (const std::string& line : events.Texts("progress"))
      if (line.starts_with("train ")) lines.push_back(line);
    return lines;
  };
  const std::vector<std::string> held_out = progress();
  ASSERT_EQ(held_out.size(), 9u);
  EXPECT_THAT(held_out[2], Not(HasSubstr("psnr")));
  EXPECT_THAT(held_out[3], HasSubstr("held-out psnr "));
  EXPECT_THAT(held_out[3], HasSubstr(" (step 4)  loss "));
  EXPECT_THAT(held_out[6], HasSubstr(" (step 4)  loss "));
  EXPECT_THAT(held_out[8], HasSubstr(" (step 9)  loss "));

  for (scene::View& view : scene.views) view.is_test = false;
  const std::vector<std::string> all_trained = progress();
  EXPECT_THAT(all_trained[8], HasSubstr("psnr of a training photo "));
  EXPECT_THAT(all_trained[8], Not(HasSubstr("held-out")));
}

// Before a step is made, whichever side of the split it is on, and all of them at once.
TEST(TrainNerf, BrokenPhotosAreFoundBeforeTheFirstStep) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(10, 32), Job());
  const scene::Scene scene = scene::LoadScene(folder / "scene", {}, Job());
  ASSERT_EQ(scene.TestViews().size(), 2u);
  const auto complaint = [&] {
    bool has_begun = false;
    const std::string text = ErrorTextOf<Error>([&] {
      TrainNerf(scene, {}, {folder / "nerf.ckpt", folder / "nerf.jsonl", false, [&] { has_begun = true; }}, Job());
    });
    EXPECT_FALSE(has_begun);
    return text;
  };
  const auto cut = [&](const std::string& name) {
    const std::filesystem::path photo = folder / "scene" / name;
    std::filesystem::resize_file(photo, std::filesystem::file_size(photo) * 2 / 3);
  };
  cut("test/000.png");
  EXPECT_THAT(complaint(), HasSubstr("scene/test/000.png: the file is truncated"));
  cut("test/001.png");
  EXPECT_THAT(complaint(), HasSubstr("test/000.png, test/001.png (cannot read image"));
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(10, 32), Job());
  cut("train/003.png"), cut("train/007.png");
  EXPECT_THAT(complaint(), HasSubstr("train/003.png, train/007.png (cannot read image"));
}

}  // namespace
}  // namespace sanerf::nerf
