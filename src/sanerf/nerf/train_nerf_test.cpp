#include "sanerf/nerf/train_nerf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace sanerf::nerf
