// Both automatic methods from masks to masks, on the procedural scene with exact masks whose numbers differ from view
// to view.
#include <gmock/gmock.h>

#include <set>

#include "sanerf/baselines/contrastive_lift/contrastive_lift.h"
#include "sanerf/baselines/object_masks.h"
#include "sanerf/baselines/panoptic_lifting/panoptic_lifting.h"
#include "sanerf/baselines/segment_rays.h"
#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/mask_decoder/mask_check.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/borrowed_test_support.h"

namespace sanerf::baselines {

using segmentation::FoundMask;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kInstances[] = {2, 3, 4};  // box, ball and mug of the procedural scene

// The photos' own cameras; nothing else is asked for.
class PhotoCameras : public feature_container::FeatureContainer {
 public:
  explicit PhotoCameras(const scene::Scene& scene) : scene_(scene) {}
  Camera WorkingCamera(int view_idx) const override { return scene_.views.at(size_t(view_idx)).camera; }
  bool Has(int) const override { return true; }
  std::shared_ptr<const sam::SamFeatures> Features(int, const Job&) const override {
    throw std::logic_error("features asked for");
  }
  ImageF Depth(int, const Job&) const override { throw std::logic_error("depth asked for"); }
  ImageF Opacity(int, const Job&) const override { throw std::logic_error("opacity asked for"); }
  ImageF Rgb(int, const Job&) const override { throw std::logic_error("picture asked for"); }
  uint64_t ModelFingerprint() const override { return 7; }

 private:
  const scene::Scene& scene_;
};

class LiftSegmentersTest : public mask_aggregator::AggregatorTest {
 protected:
  static constexpr uint64_t kSeed = 1;
  segmentation::SegmentationInput Input() {
    using segmentation::Borrowed;
    return {Borrowed(*scene_), *nerf_, Borrowed(container_), Borrowed(sam_), scene_->TrainViews()};
  }

  // Every instance of every training view, the background as well, in an order that turns from view to view.
  static std::vector<FoundMask> ExactMasks() {
    std::vector<FoundMask> masks;
    for (const int v : scene_->TrainViews()) {
      const ImageU8 ids = scene::LoadViewMask(scene_->views[size_t(v)]);
      constexpr int kIds = 8;
      for (int i = 0; i < kIds; ++i) {
        FoundMask found{v, BitMask(), 0.9f, 0, false};
        ImageU8 mask = ids;
        for (uint8_t& id : mask.data) id = id == (i * (1 + 2 * (v % 2)) + v) % kIds ? 255 : 0;
        found.mask = BitMask::Above<uint8_t>(mask, 127);
        if (found.mask.Count() > 0) masks.push_back(std::move(found));
      }
    }
    return masks;
  }

  static LiftOptions SmallField() {
    LiftOptions options;
    options.iters = 400;
    options.rays = 512;
    options.pool_rays = 1 << 15;
    options.field.levels = 8;
    options.field.log2_table = 12;
    options.field.top = 128;
    return options;
  }

  static LiftOptions TinyField() {
    LiftOptions options = SmallField();
    options.iters = 2;
    options.rays = 32;
    options.pool_rays = 1 << 11;
    options.field.levels = 8;
    options.field.log2_table = 10;
    options.field.width = 16;
    return options;
  }
  static std::vector<std::string> DearOfLifting() { return {"iters", "rays", "pool_rays", "log2_table"}; }

  // Over all held-out views, of the object that fits the instance best.
  static double BestIou(const std::vector<std::vector<ImageU8>>& masks_of_view, int instance) {
    const std::vector<int> views = scene_->TestViews();
    double best = 0;
    for (size_t object = 0; object < masks_of_view[0].size(); ++object) {
      int64_t both = 0, either = 0;
      for (size_t v = 0; v < views.size(); ++v) {
        const ImageU8 truth = scene::LoadViewMask(scene_->views[size_t(views[v])]), &mask = masks_of_view[v][object];
        for (size_t i = 0; i < truth.data.size(); ++i) {
          both += truth.data[i] == instance && mask.data[i] == 255;
          either += truth.data[i] == instance || mask.data[i] == 255;
        }
      }
      best = std::max(best, double(both) / double(std::max<int64_t>(1, either)));
    }
    return best;
  }

  static void ExpectObjectsFound(segmentation::Segmenter& segmenter, double least_iou) {
    segmenter.Fit({}, Job());
    std::vector<std::vector<ImageU8>> masks_of_view;
    for (const int v : scene_->TestViews()) {
      masks_of_view.push_back(segmenter.MasksFor(v, Job()));
      EXPECT_EQ(masks_of_view.back().size(), masks_of_view[0].size());
      EXPECT_EQ(masks_of_view.back()[0].width, scene_->views[size_t(v)].camera.width);
    }
    EXPECT_LE(masks_of_view[0].size(), 16u);  // eight instances; a few are torn
    for (const int instance : kInstances) EXPECT_GT(BestIou(masks_of_view, instance), least_iou) << instance;
  }

  PhotoCameras container_{*scene_};
  testing_scene::AnalyticSam sam_;
};

TEST_F(LiftSegmentersTest, PanopticLiftingFindsTheObjects) {
  PanopticLiftingOptions options;
  options.lift = SmallField();
  options.slots = 16;
  PanopticLifting segmenter(Input(), ExactMasks(), options, kSeed);
  ExpectObjectsFound(segmenter, 0.75);
}

TEST_F(LiftSegmentersTest, ContrastiveLiftFindsTheObjects) {
  ContrastiveLiftOptions options;
  options.lift = SmallField();
  options.clusters.min_cluster_size = 100;
  ContrastiveLift segmenter(Input(), ExactMasks(), options, kSeed);
  ExpectObjectsFound(segmenter, 0.7);
}

TEST_F(LiftSegmentersTest, PanopticLiftingRunsAtTheEndsOfItsOptions) {
  PanopticLiftingOptions tiny;
  tiny.lift = TinyField();
  tiny.segments = 4;
  const std::vector<FoundMask> masks = ExactMasks();
  const SweepCount count =
      SweepOptions("panoptic_lifting", tiny, DearOfLifting(), [&](const PanopticLiftingOptions& options) {
        PanopticLifting segmenter(Input(), masks, options, kSeed);
        segmenter.Fit({}, Job());
        segmenter.MasksFor(scene_->TestViews()[0], Job());
      });
  EXPECT_GT(count.num_run, 3 * count.num_refused);
}

TEST_F(LiftSegmentersTest, ContrastiveLiftRunsAtTheEndsOfItsOptions) {
  ContrastiveLiftOptions tiny;
  tiny.lift = TinyField();
  std::vector<std::string> dear = DearOfLifting();
  dear.push_back("dims");
  const std::vector<FoundMask> masks = ExactMasks();
  const SweepCount count = SweepOptions("contrastive_lift", tiny, dear, [&](const ContrastiveLiftOptions& options) {
    ContrastiveLift segmenter(Input(), masks, options, kSeed);
    segmenter.Fit({}, Job());
    segmenter.MasksFor(scene_->TestViews()[0], Job());
  });
  EXPECT_GT(count.num_run, 3 * count.num_refused);
}

TEST_F(LiftSegmentersTest, RaysLieInTheirSegments) {
  LiftOptions options = SmallField();
  options.pool_rays = 1 << 14;
  const std::vector<FoundMask> masks = ExactMasks();
  const SegmentRays rays = TraceSegments(Input(), masks, options, kSeed, Job());
  EXPECT_EQ(rays.views.size(), scene_->TrainViews().size());
  EXPECT_NEAR(double(rays.AllRays().size()), 1 << 14, 1 << 12);  // small segments have more than their share
  for (const SegmentRays::Segment& segment : rays.segments) {
    EXPECT_EQ(segment.confidence, 0.9f);
    std::set<int> ids, views;
    for (const int r : segment.rays) {
      const mask_aggregator::SamplePool::Pixel& ray = rays.pool.pixels[size_t(r)];
      const int v = scene_->TrainViews()[size_t(ray.view)];
      ids.insert(scene::LoadViewMask(scene_->views[size_t(v)]).At(ray.x, ray.y));
      views.insert(v);
    }
    EXPECT_EQ(ids.size(), 1u);
    EXPECT_EQ(views.size(), 1u);
  }
}

TEST_F(LiftSegmentersTest, WhereNothingIsThereIsNoObject) {
  const mask_aggregator::ObjectField field(SmallField().field, 2, 1, mask_aggregator::ObjectField::Start::kRandom);
  Camera camera = scene_->views[0].camera;
  const auto masks = [&] { return MasksOfOutputs(*nerf_, camera, {field, 1, [](const float*) { return 0; }}, Job()); };
  EXPECT_GT(mask_decoder::CountNonZero(masks()[0]),
            camera.width * camera.height * 9 / 10);                                   // a closed room, quickly trained
  camera.world_from_cam.translation += 1000 * camera.world_from_cam.rotation.col(2);  // far behind itself
  camera.world_from_cam.rotation.col(2) *= -1;                                        // and turned away
  camera.world_from_cam.rotation.col(0) *= -1;
  EXPECT_EQ(mask_decoder::CountNonZero(masks()[0]), 0);
}

TEST_F(LiftSegmentersTest, BadInputIsAnError) {
  EventRecorder events;
  const Job job = Job().With(events);
  EXPECT_THAT(ErrorTextOf<Error>([&] { PanopticLifting(Input(), {}, {}, kSeed).Fit({}, job); }),
              HasSubstr("there is no segment to lift: 0 automatic masks in 0 views"));
  ContrastiveLiftOptions contrastive;
  contrastive.lift.min_area = 0.99;
  EXPECT_THAT(ErrorTextOf<Error>([&] { ContrastiveLift(Input(), ExactMasks(), contrastive, kSeed).Fit({}, job); }),
              HasSubstr("none large enough"));
  // The memory that they need was looked for before.
  EXPECT_THAT(events.Texts("detail"),
              ElementsAre(HasSubstr("memory the rays and the field of panoptic_lifting: about"),
                          HasSubstr("memory the rays and the field of contrastive_lift: about")));
  contrastive.momentum = 1;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ContrastiveLift(Input(), {}, contrastive, kSeed); }),
              HasSubstr("contrastive_lift.momentum=1: expected a number from 0 to 0.9999"));
  PanopticLiftingOptions panoptic;
  panoptic.slots = 256;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { PanopticLifting(Input(), {}, panoptic, kSeed); }),
              HasSubstr("panoptic_lifting.slots=256: expected an integer from 2 to 255"));
}

}  // namespace
}  // namespace sanerf::baselines
