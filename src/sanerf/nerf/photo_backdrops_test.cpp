// A field of what turns on a turntable alone, over what stands still.
#include "sanerf/nerf/photo_backdrops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/nerf/training_photos.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {
namespace {

using testing::HasSubstr;

// One turntable for all tests of the file.
class TurningThings : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::SynthOptions options = synth::SmallScene(30, 64);
    synth::WriteSynthScene(*folder_ / "ordinary", options, Job());
    options.turntable = true;
    synth::WriteSynthScene(*folder_ / "turning", options, Job());
    scene_ = new scene::Scene(scene::LoadScene(*folder_ / "turning", {}, Job()));
  }
  static void TearDownTestSuite() {
    delete scene_;
    delete folder_;
  }
  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
};

TEST_F(TurningThings, AreFoundAndSaidOrLeftOut) {
  EventRecorder off, automatic;
  const TrainingPhotos ordinary(*scene_, 1, PhotoUse{}, Job().With(off));
  EXPECT_TRUE(ordinary.backdrops().empty());
  ASSERT_EQ(off.Texts("warning").size(), 1u);
  EXPECT_THAT(off.Texts("warning")[0], HasSubstr("a turntable: "));
  EXPECT_THAT(off.Texts("warning")[0], HasSubstr("--set nerf.turntable=auto"));
  const TrainingPhotos photos(*scene_, 1, PhotoUse{.turntable = Turntable::kAuto}, Job().With(automatic));
  EXPECT_TRUE(automatic.Texts("warning").empty());
  ASSERT_EQ(photos.backdrops().backdrops().size(), 1u);

  // What is known to be behind is never the thing that was there in all photos, and what a photo shows of it for
  // certain is no thing in that photo.
  const std::vector<int>& views = photos.view_idxs();
  int64_t room = 0, shown = 0, thing = 0, thing_shown = 0;
  for (size_t i = 0; i < views.size(); ++i) {
    const ImageU8 mask = scene::LoadViewMask(scene_->views[size_t(views[i])]);
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) {
        const bool is_thing = mask.At(x, y) != 0, is_shown = photos.backdrops().At(int(i), x, y).is_shown;
        (is_thing ? thing : room) += 1;
        (is_thing ? thing_shown : shown) += is_shown;
      }
  }
  EXPECT_GT(double(shown), 0.4 * double(room));
  EXPECT_LT(double(thing_shown), 0.01 * double(thing));
}

TEST_F(TurningThings, OrdinaryScenesAreTrainedByteForByteAsWithout) {
  const scene::Scene ordinary = scene::LoadScene(*folder_ / "ordinary", {}, Job());
  std::vector<double> losses[2];
  for (const bool is_automatic : {false, true}) {
    NerfOptions options = SmallOptions();
    if (is_automatic) options.turntable = Turntable::kAuto;
    EventRecorder events;
    NerfTrainer trainer(ordinary, options, Job().With(events));
    EXPECT_TRUE(events.Texts("warning").empty());
    EXPECT_TRUE(trainer.photos().backdrops().empty());
    for (int i = 0; i < 6; ++i) losses[is_automatic].push_back(trainer.Step().loss);
  }
  EXPECT_EQ(losses[0], losses[1]);
}

struct Explained {
  double psnr = 0;     // inside the things, held-out photos
  double outside = 0;  // mean opacity where they show the room
};

Explained Explain(const scene::Scene& scene, const NerfModel& model) {
  Explained result;
  double squared = 0, opacity = 0;
  int64_t inside = 0, outside = 0;
  for (const int v : scene.TestViews()) {
    const scene::View& view = scene.views[size_t(v)];
    const RenderedView shown = model.Render(view.camera, Job());
    const ImageF photo = scene::LoadViewImage(view);
    const ImageU8 mask = scene::LoadViewMask(view);
    for (int64_t p = 0; p < photo.num_pixels(); ++p) {
      if (mask.data[size_t(p)] == 0) {
        opacity += double(shown.opacity.data[size_t(p)]);
        ++outside;
        continue;
      }
      for (int c = 0; c < 3; ++c) {
        const double error = double(shown.rgb.data[size_t(3 * p + c)]) - double(photo.data[size_t(3 * p + c)]);
        squared += error * error;
        ++inside;
      }
    }
  }
  result.psnr = -10 * std::log10(squared / double(inside));
  result.outside = opacity / double(outside);
  return result;
}

TEST_F(TurningThings, TheFieldOfTheThingsAloneIsBetterAndTheRoomStaysEmpty) {
  Explained explained[2];
  for (const bool is_left_out : {false, true}) {
    NerfOptions options = SmallOptions();
    options.iters = 500;
    options.log2_table = 15;
    options.batch_samples = 1 << 14;
    options.occupancy_resolution = 64;
    options.occupancy_every = 16;
    options.step = 0.01f;
    options.near_gradients = 0;
    if (is_left_out) options.turntable = Turntable::kAuto;
    NerfTrainer trainer(*scene_, options, Job());
    while (trainer.step() < options.iters) trainer.Step();
    explained[is_left_out] = Explain(*scene_, trainer.Model());
  }
  EXPECT_GT(explained[1].psnr, explained[0].psnr + 0.5) << explained[0].psnr;
  EXPECT_GT(explained[1].psnr, 18);
  EXPECT_LT(explained[1].outside, 0.2);
  EXPECT_GT(explained[0].outside, 0.5);
}

}  // namespace
}  // namespace sanerf::nerf
