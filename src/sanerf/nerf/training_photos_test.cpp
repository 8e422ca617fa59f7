// What is ignored in photos never reaches the field: a person walks through the capture of a scene that stands still.
#include "sanerf/nerf/training_photos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/random.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kSize = 64, kPersonWidth = 20, kPersonHeight = 40;
constexpr uint8_t kPerson[3] = {255, 0, 255};  // a color that nothing in the scene has

bool IsPerson(const float* rgb) { return rgb[0] > 0.6f && rgb[1] < 0.3f && rgb[2] > 0.6f; }

// Training photos in which the person stands now here, now there; held-out ones without.
class PersonInTheWay : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(24, kSize), Job());
    for (int i = 0; i < 24; ++i) {
      const fs::path photo = *folder_ / "scene/train" / (std::string(i < 10 ? "00" : "0") + std::to_string(i) + ".png");
      ImageU8 image = ReadImage(photo), mask(kSize, kSize, 1);
      const int left = i * 17 % (kSize - kPersonWidth), top = i * 7 % (kSize - kPersonHeight);
      for (int y = top; y < top + kPersonHeight; ++y) {
        for (int x = left; x < left + kPersonWidth; ++x) {
          for (int c = 0; c < 3; ++c) image.At(x, y, c) = kPerson[c];
          mask.At(x, y) = 255;
        }
      }
      WritePng(photo, image);
      WritePng(photo.parent_path() / ("dynamic_mask_" + photo.filename().string()), mask);
    }
  }
  static void TearDownTestSuite() { delete folder_; }

  static scene::Scene Load(bool masked) {
    scene::Scene scene = scene::LoadScene(*folder_ / "scene", {}, Job());
    for (scene::View& view : scene.views)
      if (!masked) view.ignored.clear();
    return scene;
  }
  static TestFolder* folder_;
};
TestFolder* PersonInTheWay::folder_;

TEST_F(PersonInTheWay, NoRayOfIgnoredPixelsIsDrawn) {
  const auto drawn = [](const scene::Scene& scene, int downscale) {
    const TrainingPhotos photos(scene, downscale, Job());
    Random random(7);
    int count = 0;
    for (int i = 0; i < 20'000; ++i) count += IsPerson(photos.Draw(&random).rgb);
    return count;
  };
  EXPECT_GT(drawn(Load(/*masked=*/false), 1), 2000);  // a fifth of all pixels
  EXPECT_EQ(drawn(Load(/*masked=*/true), 1), 0);
  EXPECT_EQ(drawn(Load(/*masked=*/true), 2), 0);
  EXPECT_EQ(drawn(Load(/*masked=*/true), 3), 0) << "pixels that the person only reaches into";
}

TEST_F(PersonInTheWay, DoesNotTrainIntoTheField) {
  struct Result {
    double psnr;
    int64_t person_pixels;
  };
  const auto trained = [](const scene::Scene& scene) {
    NerfOptions o;
    o.iters = 400;
    o.log2_table = 15;
    o.batch_samples = 1 << 14;
    o.levels = 8;
    o.top = 256;
    o.occupancy_resolution = 64;
    o.step = 0.01f;
    o.near_gradients = 0;
    NerfTrainer trainer(scene, o, Job());
    while (trainer.step() < o.iters) trainer.Step();
    double squared = 0;
    int64_t count = 0, person = 0;
    for (const int v : scene.TestViews()) {
      const scene::View& view = scene.views[size_t(v)];
      const ImageF photo = scene::LoadViewImage(view), rgb = trainer.Model().Render(view.camera, Job()).rgb;
      for (size_t i = 0; i < photo.data.size(); ++i) squared += std::pow(double(rgb.data[i]) - photo.data[i], 2);
      count += int64_t(photo.data.size());
      for (int64_t p = 0; p < rgb.num_pixels(); ++p) person += IsPerson(&rgb.data[size_t(3 * p)]);
    }
    return Result{-10 * std::log10(squared / double(count)), person};
  };
  const Result with = trained(Load(/*masked=*/true)), without = trained(Load(/*masked=*/false));
  EXPECT_GT(with.psnr, 18);
  EXPECT_GT(with.psnr, without.psnr + 1.5) << "masked " << with.psnr << ", not masked " << without.psnr;
  EXPECT_EQ(with.person_pixels, 0);
}

TEST_F(PersonInTheWay, PhotosThatAreIgnoredAltogetherAreNamedAndLeftOut) {
  const fs::path all = *folder_ / "all.png", none = *folder_ / "none.png";
  WritePng(all, ImageU8(8, 8, 1, 255));
  WritePng(none, ImageU8(8, 8, 1, 0));
  scene::Scene scene = Load(/*masked=*/false);
  const std::vector<int> train = scene.TrainViews();
  scene.views[size_t(train[3])].ignored = {{all, /*where_black=*/false}};
  scene.views[size_t(train[4])].ignored = {{none, /*where_black=*/false}};
  EventRecorder events;
  const TrainingPhotos photos(scene, 1, Job().With(events));
  EXPECT_EQ(photos.view_idxs().size(), train.size() - 1);
  EXPECT_EQ(photos.view_idxs()[3], train[4]);
  ASSERT_EQ(events.Texts("warning").size(), 1u);
  EXPECT_THAT(events.Texts("warning")[0], HasSubstr(scene.views[size_t(train[3])].name));
  for (const int v : train) scene.views[size_t(v)].ignored = {{none, /*where_black=*/true}};
  EXPECT_THAT(ErrorTextOf<Error>([&] { TrainingPhotos(scene, 1, Job()); }), HasSubstr("leave no pixel"));
}

TEST_F(PersonInTheWay, PhotosAreDrawnByTheirWeights) {
  TrainingPhotos photos(Load(/*masked=*/false), 1, Job());
  const size_t n = photos.cameras().size();
  const auto counted = [&] {
    std::vector<int> counts(n);
    Random random(3);
    for (int i = 0; i < 12'000; ++i) ++counts[size_t(photos.Draw(&random).photo)];
    return counts;
  };
  const std::vector<int> even = counted();
  std::vector<float> weights(n, 1);
  photos.SetWeights(weights);
  EXPECT_EQ(counted(), even) << "bit for bit as without weights";
  weights[0] = 0;
  weights[5] = 0.25f;
  photos.SetWeights(weights);
  const std::vector<int> uneven = counted();
  const double share = 12'000 / (double(n) - 1.75);
  EXPECT_EQ(uneven[0], 0);
  EXPECT_NEAR(uneven[5], 0.25 * share, 50);
  EXPECT_NEAR(uneven[23], share, 100);
}

// What a person covers is nothing of the scene, or there is nothing at all: then alpha is 0 there.
TEST_F(PersonInTheWay, PixelsThatAreEmptyAreDrawnAsNothing) {
  const TrainingPhotos photos(Load(/*masked=*/true), 1, PhotoUse{.outside = Outside::kEmpty}, Job());
  Random random(7);
  int empty = 0;
  for (int i = 0; i < 20'000; ++i) {
    const TrainingRay ray = photos.Draw(&random);
    empty += ray.alpha == 0;
    if (IsPerson(ray.rgb)) {
      ASSERT_EQ(ray.alpha, 0);
    }
  }
  EXPECT_GT(empty, 2000);
  for (const ComparedPhoto& photo : photos.Compared(Load(/*masked=*/true), 32))
    for (int64_t p = 0; p < photo.picture.num_pixels(); ++p)
      if (photo.ignored.data[size_t(p)] == 0) {
        ASSERT_FALSE(IsPerson(&photo.picture.data[size_t(3 * p)]));
      }
}

// r (1 - 1.5 r^2) reaches 0.314, 6.3 pixels of a picture whose sides are 8 and 6 pixels from its middle: the corners
// show nothing.
scene::Scene SceneWithDarkRim(const TestFolder& folder) {
  scene::Scene scene;
  for (int i = 0; i < 2; ++i) {
    scene::View view;
    view.name = i == 0 ? "a.png" : "b.png";
    view.image_path = folder / view.name;
    WritePng(view.image_path, ImageU8(16, 12, 3, uint8_t(100 + i)));
    view.camera.width = 16, view.camera.height = 12;
    view.camera.fx = view.camera.fy = 20, view.camera.cx = 8, view.camera.cy = 6;
    view.camera.lens = Lens::Radial(-1.5);
    view.camera.world_from_cam.translation = Vec3(0, 0, 2);
    scene.views.push_back(view);
  }
  return scene;
}

TEST(TrainingPhotos, OnlyPixelsWithARayAreDrawn) {
  const TestFolder folder;
  const scene::Scene scene = SceneWithDarkRim(folder);
  const TrainingPhotos photos(scene, 1, Job());
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const TrainingRay drawn = photos.Draw(&random);
    ASSERT_EQ(drawn.ray.origin[2], 2.0f);
    ASSERT_EQ(drawn.alpha, 1);
    ASSERT_NEAR(drawn.rgb[0], (100 + drawn.photo) / 255.0, 1e-6);
  }
}

TEST(TrainingPhotos, WhereTheLensSeesNothingARayMeetsNothing) {
  const TestFolder folder;
  const Camera camera = SceneWithDarkRim(folder).views[0].camera;
  EXPECT_EQ(MakeRay(camera, {8, 6}).origin[2], 2.0f);
  const Ray outside = MakeRay(camera, {0.5, 0.5});
  // Starts outside of all that a model may hold and leads away from it.
  EXPECT_GT(outside.origin[0], 64);
  EXPECT_GT(outside.direction[0], 0);
}

TEST(PixelRuns, EveryPixelThatIsLeftHasItsPlace) {
  ImageU8 ignored(5, 3, 1);
  for (const int p : {0, 1, 6, 7, 8, 14}) ignored.data[size_t(p)] = 255;
  const PixelRuns left(ignored);
  std::vector<int64_t> pixels;
  for (int64_t i = 0; i < left.size(); ++i) pixels.push_back(left.Pixel(i));
  EXPECT_THAT(pixels, testing::ElementsAre(2, 3, 4, 5, 9, 10, 11, 12, 13));
  EXPECT_EQ(PixelRuns(ImageU8(4, 4, 1, 1)).size(), 0);
  EXPECT_EQ(PixelRuns(ImageU8(4, 4, 1)).Pixel(15), 15);
}

}  // namespace
}  // namespace sanerf::nerf
