// What the aggregator's tests share: exact masks of the procedural scene and a quickly trained radiance field.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/nerf/quick_field_test_support.h"
#include "sanerf/scene/view_mask_test_support.h"

namespace sanerf::mask_aggregator {

// Exact masks of the procedural scene through a quickly trained radiance field.
class AggregatorTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    nerf::QuickField quick = nerf::TrainQuickField(*folder_, 36);
    scene_ = new scene::Scene(std::move(quick.scene));
    nerf_ = new nerf::NerfModel(std::move(quick.nerf));
    for (const int v : scene_->TrainViews()) {
      const scene::View& view = scene_->views[size_t(v)];
      views_.push_back({view.camera, scene::LoadViewMask(view)});
      for (uint8_t& id : views_.back().labels.data) id = id == 2 ? 1 : 0;
    }
  }
  static void TearDownTestSuite() {
    delete nerf_;
    delete scene_;
    delete folder_;
    views_.clear();
  }
  void TearDown() override { SetNumThreads(0); }
  static AggregatorOptions Options() {
    AggregatorOptions o;
    o.iters = 150;
    o.rays = 512;
    o.pool_rays = 1 << 14;
    o.field.log2_table = 12;
    o.field.top = 128;
    o.field.width = 64;
    return o;
  }

  static std::vector<Camera> Cameras() {
    std::vector<Camera> cameras;
    for (const LabelView& view : views_) cameras.push_back(view.camera);
    return cameras;
  }
  // Exact masks of these instances, labeled from 1 on.
  static std::vector<ImageU8> LabelsOf(const std::vector<int>& instances) {
    std::vector<ImageU8> labels;
    for (const int v : scene_->TrainViews()) {
      labels.push_back(scene::LoadViewMask(scene_->views[size_t(v)]));
      for (uint8_t& id : labels.back().data)
        id =
            uint8_t(std::find(instances.begin(), instances.end(), id) - instances.begin() + 1) % (instances.size() + 1);
    }
    return labels;
  }

  static ImageU8 MaskOf(const ObjectModel& model, const Camera& camera, int label) {
    ImageU8 mask = model.Render(camera, Job()).labels;
    for (uint8_t& l : mask.data) l = l == label ? 255 : 0;
    return mask;
  }

  // Of a label that stands for an instance, in the views that no mask came from.
  static double HeldOutIou(const ObjectModel& model, int label = 1, int instance = 2) {
    int64_t intersection = 0, united = 0;
    for (const int v : scene_->TestViews()) {
      const scene::View& view = scene_->views[size_t(v)];
      const ImageU8 truth = scene::LoadViewMask(view), ours = model.Render(view.camera, Job()).labels;
      for (size_t i = 0; i < truth.data.size(); ++i) {
        intersection += truth.data[i] == instance && ours.data[i] == label;
        united += truth.data[i] == instance || ours.data[i] == label;
      }
    }
    return double(intersection) / double(united);
  }

  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
  static inline nerf::NerfModel* nerf_;
  static inline std::vector<LabelView> views_;
};

}  // namespace sanerf::mask_aggregator
