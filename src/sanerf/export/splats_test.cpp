// The whole way: a field, its Gaussians, their file, read and drawn by somebody else, against the field again.
#include "sanerf/export/splats.h"

#include <gmock/gmock.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/splat_test_support.h"
#include "sanerf/export/splat_views.h"
#include "sanerf/export/splat_writers.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_trainer.h"

namespace sanerf::exports {
namespace {

using mask_aggregator::ObjectModel;
using What = SplatSubject::What;

constexpr int kCloser = 8;  // how many times as many pixels per side as the test views have

class SplatsTest : public mask_aggregator::AggregatorTest {
 protected:
  static SplatOptions QuickSplats() {
    SplatOptions options;
    options.count = 3000;
    options.steps = 400;
    options.views = 24;
    options.resolution = 128;
    return options;
  }
  // A few steps, where only the way counts.
  static SplatOptions FewSteps() {
    SplatOptions options = QuickSplats();
    options.count = 400;
    options.steps = 30;
    options.views = 6;
    options.resolution = 48;
    return options;
  }
  static ObjectModel Box() { return mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job()); }

  // The rectangle around what an object shows in a test view, in a picture of many more pixels.
  static nerf::PartOfView CloseUp(const ObjectModel& objects, const scene::View& view) {
    const ImageF opacity = nerf_->RenderPart(view.camera, objects.Alone({1}), Job()).opacity;
    nerf::PixelBlock box{opacity.width, opacity.height, 0, 0};
    for (int y = 0; y < opacity.height; ++y)
      for (int x = 0; x < opacity.width; ++x) {
        if (opacity.At(x, y) < 0.5f) continue;
        box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1), std::max(box.y1, y + 1)};
      }
    box = {std::max(0, box.x0 - 1), std::max(0, box.y0 - 1), std::min(opacity.width, box.x1 + 1),
           std::min(opacity.height, box.y1 + 1)};
    return {view.camera.Resized(kCloser * opacity.width, kCloser * opacity.height),
            {kCloser * box.x0, kCloser * box.y0, kCloser * box.x1, kCloser * box.y1}};
  }

  // dB over pixels and channels, both before one gray.
  static double PsnrAgainst(const nerf::RenderedView& field, const std::vector<Vec3>& drawn, double gray) {
    double sum = 0;
    for (size_t i = 0; i < drawn.size(); ++i)
      for (size_t c = 0; c < 3; ++c) {
        const double through = 1 - double(field.opacity.data[i]);
        const double shown = double(field.rgb.data[3 * i + c]) + through * (gray - double(nerf_->background()[c]));
        sum += std::pow(shown - std::clamp(drawn[i][int(c)], 0.0, 1.0), 2);
      }
    return -10 * std::log10(sum / double(3 * drawn.size()));
  }
};

TEST_F(SplatsTest, AFileReadAndDrawnBySomebodyElseShowsTheObject) {
  const ObjectModel objects = Box();
  const Splats splats = FitSplats(*nerf_, &objects, {What::kObjects, {1}}, *scene_, QuickSplats(), Job());
  EXPECT_LE(splats.size(), 3000);
  EXPECT_GT(splats.size(), 500);
  EXPECT_GT(splats.held_out_views, 0);
  EXPECT_GT(splats.psnr, 27);
  EXPECT_THAT(splats.labels, testing::Each(1));
  for (const auto& n : splats.normals) EXPECT_NEAR(std::hypot(n[0], n[1], n[2]), 1, 1e-4);

  const TestFolder folder;
  const SplatFile file = WriteSplatPly(splats, {{1, "box"}}, folder / "box.ply");
  const PlainPly ply(folder / "box.ply");
  ASSERT_EQ(ply.size(), size_t(splats.size()));
  const std::vector<PlainSplat> read = ply.Splats(file.offset);
  double worst = INFINITY;
  for (const int v : scene_->TestViews()) {
    const nerf::PartOfView part = CloseUp(objects, scene_->views[size_t(v)]);
    if (part.width() < 4 * kCloser || part.height() < 4 * kCloser) continue;  // hidden, or out of the picture
    const nerf::RenderedView field = nerf_->RenderPart(part, objects.Alone({1}), Job());
    for (const double gray : {0.0, 1.0})
      worst = std::min(worst, PsnrAgainst(field, DrawPlainly(read, part, gray), gray));
  }
  ASSERT_LT(worst, 100);
  EXPECT_GT(worst, 28);
}

TEST_F(SplatsTest, TheSceneWithAndWithoutTheObject) {
  const ObjectModel objects = Box();
  SplatOptions options = QuickSplats();
  options.steps = 200;
  options.resolution = 64;
  const Splats whole = FitSplats(*nerf_, &objects, {What::kScene}, *scene_, options, Job());
  EXPECT_GT(whole.psnr, 22);
  const auto num_box = std::count(whole.labels.begin(), whole.labels.end(), 1);
  EXPECT_GT(num_box, 10);
  EXPECT_LT(num_box, whole.size() / 2);
  const Splats without = FitSplats(*nerf_, &objects, {What::kSceneWithoutObjects, {1}}, *scene_, options, Job());
  EXPECT_GT(without.psnr, 20);
  EXPECT_THAT(without.labels, testing::Each(0));
  const Splats nothing_known = FitSplats(*nerf_, nullptr, {What::kScene}, *scene_, FewSteps(), Job());
  EXPECT_THAT(nothing_known.labels, testing::Each(0));
}

TEST_F(SplatsTest, SameForAnyNumberOfThreads) {
  const ObjectModel objects = Box();
  Splats fits[2];
  for (int i = 0; i < 2; ++i) {
    SetNumThreads(i == 0 ? 1 : 4);
    fits[i] = FitSplats(*nerf_, &objects, {What::kObjects, {1}}, *scene_, FewSteps(), Job());
  }
  ASSERT_EQ(fits[0].size(), fits[1].size());
  for (size_t i = 0; i < fits[0].positions.size(); ++i) ASSERT_EQ(fits[0].positions[i], fits[1].positions[i]) << i;
  EXPECT_EQ(fits[0].scales, fits[1].scales);
  EXPECT_EQ(fits[0].colors, fits[1].colors);
  EXPECT_EQ(fits[0].psnr, fits[1].psnr);
}

// The surfaces that the fit starts from are those of the field, and their normals face the cameras.
TEST_F(SplatsTest, StartsOnTheObjectsSurface) {
  const ObjectModel objects = Box();
  const SplatViews views =
      MakeSplatViews(*nerf_, &objects, {What::kObjects, {1}}, *scene_, FewSteps(), /*num_points=*/3000, Job());
  ASSERT_GT(views.points.size(), 200u);
  EXPECT_LE(views.points.size(), 3600u);
  const Similarity file_from_fit = FitFromFile(*nerf_).Inverse();
  std::vector<Vec3> points;
  for (const SurfacePoint& point : views.points) {
    EXPECT_NEAR(point.normal.norm(), 1, 1e-4);
    points.push_back(file_from_fit * point.position.cast<double>());
  }
  const std::vector<float> probabilities = objects.ProbabilitiesAt(points, Job());
  int64_t num_on = 0;
  for (size_t i = 0; i < points.size(); ++i) num_on += probabilities[2 * i + 1] > 0.3f;
  EXPECT_GT(double(num_on), 0.9 * double(points.size()));
  for (const SplatView& view : views.fitted) {
    EXPECT_LE(std::max(view.rgba.width, view.rgba.height), FewSteps().resolution + 2);
    EXPECT_EQ(view.camera.width, view.rgba.width);
  }
}

// The same scene a world away, as UTM coordinates are: the fit is in a frame of its own.
TEST_F(SplatsTest, TheFrameOfTheFitTurnsNothing) {
  const Similarity fit_from_file = FitFromFile(*nerf_);
  EXPECT_TRUE(fit_from_file.rotation.isIdentity());
  EXPECT_EQ(fit_from_file.scale, nerf_->model_from_file().scale);
  const Vec3 middle = nerf_->model_from_file().Inverse() * Vec3::Zero();
  EXPECT_LT((fit_from_file * middle).norm(), 1e-9);
}

TEST_F(SplatsTest, OfNothingThereAreNoSplats) {
  // Nobody votes for label 2.
  std::vector<ImageU8> labels;
  for (const mask_aggregator::LabelView& view : views_) labels.push_back(view.labels);
  mask_aggregator::LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
  vote.Count(labels, 3);
  const ObjectModel objects = ObjectModel::OfVote(vote.Prior(), *nerf_);
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                FitSplats(*nerf_, &objects, {What::kObjects, {2}}, *scene_, FewSteps(), Job());
              }),
              testing::AllOf(testing::HasSubstr("no splats of the object"), testing::HasSubstr("segment it again")));
}

TEST_F(SplatsTest, MoreThanTheMachineCanHoldIsSaidBefore) {
  SplatOptions options;
  options.views = 2000;
  options.resolution = 4096;                                // 134 GB of pictures
  if (AvailableMemoryBytes() > int64_t{120} << 30) return;  // this machine could
  EXPECT_THAT(ErrorTextOf<Error>([&] { FitSplats(*nerf_, nullptr, {What::kScene}, *scene_, options, Job()); }),
              testing::AllOf(testing::HasSubstr("GB"), testing::HasSubstr("splats.views")));
}

TEST_F(SplatsTest, OptionsOutOfRangeAndStops) {
  SplatOptions options = FewSteps();
  options.count = 5;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { FitSplats(*nerf_, nullptr, {What::kScene}, *scene_, options, Job()); }),
              testing::HasSubstr("splats.count=5"));
  options = FewSteps();
  options.color_degree = 3;
  EXPECT_THROW(FitSplats(*nerf_, nullptr, {What::kScene}, *scene_, options, Job()), UsageError);
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(FitSplats(*nerf_, nullptr, {What::kScene}, *scene_, FewSteps(), Job().With(stop.token())),
               InterruptedError);
}

}  // namespace
}  // namespace sanerf::exports
