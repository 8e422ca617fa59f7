// For tests: the procedural scene with a quickly trained radiance field and a "SAM" that segments its instances
// exactly.
#pragma once

#include <gtest/gtest.h>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/mask_decoder/seeds.h"
#include "sanerf/nerf/quick_field_test_support.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/borrowed_test_support.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

// Its map holds the instance id of every pixel, as testing_scene::AnalyticSam reads it.
class InstanceContainer : public feature_container::FeatureContainer {
 public:
  InstanceContainer(const scene::Scene& scene, const nerf::NerfModel& nerf) : scene_(scene) {
    for (const scene::View& view : scene.views) depths_.push_back(nerf.Render(view.camera, Job()).depth);
  }
  Camera WorkingCamera(int view_idx) const override { return scene_.views.at(size_t(view_idx)).camera; }
  bool Has(int) const override { return true; }
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job&) const override {
    const ImageU8 ids = scene::LoadViewMask(scene_.views.at(size_t(view_idx)));
    auto features = std::make_shared<sam::SamFeatures>();
    features->image_width = ids.width;
    features->image_height = ids.height;
    features->maps = {{"labels", {ids.height, ids.width}, {ids.data.begin(), ids.data.end()}}};
    return features;
  }
  ImageF Depth(int view_idx, const Job&) const override { return depths_.at(size_t(view_idx)); }
  ImageF Opacity(int view_idx, const Job&) const override {
    ImageF opacity = Depth(view_idx, Job());
    for (float& value : opacity.data) value = value > 0 ? 1.f : 0.f;
    return opacity;
  }
  ImageF Rgb(int view_idx, const Job&) const override {
    return scene::LoadViewImage(scene_.views.at(size_t(view_idx)));
  }
  uint64_t ModelFingerprint() const override { return 7; }

 private:
  const scene::Scene& scene_;
  std::vector<ImageF> depths_;
};

// Every answer is the instance under the points.
class InstanceSam : public testing_scene::AnalyticSam {
 public:
  std::unique_ptr<sam::Sam> Share() const override { return std::make_unique<InstanceSam>(*this); }
  InstanceSam() = default;
  InstanceSam(const InstanceSam& other) : AnalyticSam() { overwrite = other.overwrite; }
  std::vector<sam::SamMask> Predict(const sam::SamPrompt& prompt, bool, const Job&) const override {
    sam::SamMask object = AnalyticSam::Predict(prompt, true, Job()).at(2);
    object.candidate = 0;
    return {object};
  }
};

class ToySceneTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    nerf::QuickField quick = nerf::TrainQuickField(*folder_, 24);
    scene_ = new scene::Scene(std::move(quick.scene));
    nerf_ = new nerf::NerfModel(std::move(quick.nerf));
    container_ = new InstanceContainer(*scene_, *nerf_);
  }
  static void TearDownTestSuite() {
    delete container_;
    delete nerf_;
    delete scene_;
    delete folder_;
  }
  void TearDown() override { SetNumThreads(0); }

  segmentation::SegmentationInput Input() {
    using segmentation::Borrowed;
    return {Borrowed(*scene_), *nerf_, Borrowed(*container_), Borrowed(sam_), scene_->TrainViews()};
  }

  // A prompt of clicks on the middle of the instance in `num_views` training views that show it.
  static mask_decoder::ObjectPrompt ClicksOn(int instance, int num_views) {
    mask_decoder::ObjectPrompt object;
    object.name = "instance_" + std::to_string(instance);
    for (const int v : scene_->TrainViews()) {
      const ImageU8 ids = scene::LoadViewMask(scene_->views[size_t(v)]);
      ImageU8 mask = ids;
      for (uint8_t& id : mask.data) id = id == instance ? 255 : 0;
      const ImageF everywhere(mask.width, mask.height, 1, 1.0f);
      const std::vector<Vec2> inside = mask_decoder::SpreadInteriorPoints(mask, everywhere, 1);
      if (inside.empty()) continue;
      object.clicks.push_back({scene_->views[size_t(v)].name, inside[0] - Vec2(0.5, 0.5), 1});
      if (int(object.clicks.size()) == num_views) break;
    }
    return object;
  }

  // Of the segmenter's mask number `index`, over the held-out views.
  static double HeldOutIou(segmentation::Segmenter& segmenter, size_t index, int instance) {
    int64_t both = 0, either = 0;
    for (const int v : scene_->TestViews()) {
      const ImageU8 truth = scene::LoadViewMask(scene_->views[size_t(v)]),
                    mask = segmenter.MasksFor(v, Job()).at(index);
      for (size_t i = 0; i < truth.data.size(); ++i) {
        both += mask.data[i] != 0 && truth.data[i] == instance;
        either += mask.data[i] != 0 || truth.data[i] == instance;
      }
    }
    return double(both) / double(either);
  }

  InstanceSam sam_;
  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
  static inline nerf::NerfModel* nerf_;
  static inline InstanceContainer* container_;
};

}  // namespace sanerf::baselines
