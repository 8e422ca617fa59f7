// For tests of whole sessions: the procedural scene through a quickly trained radiance field, and instead of SAM a
// model that knows the true instances but takes the cereal box and the mug for one thing.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "sanerf/core/files.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::segmentation {

// Instances of the procedural scene.
inline constexpr int kBoxId = 2, kBallId = 3, kMugId = 4, kBottleId = 5;

// Features are the true instance ids; depth and colors come from radiance field and photo.
class InstanceFeatures : public feature_container::FeatureContainer {
 public:
  InstanceFeatures(const scene::Scene& scene, const nerf::NerfModel& nerf) : scene_(scene), nerf_(nerf) {}
  Camera WorkingCamera(int view_idx) const override {
    ++num_camera_calls;
    return scene_.views[size_t(view_idx)].camera;
  }
  bool Has(int) const override { return true; }
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job&) const override {
    const ImageU8 ids = scene::LoadViewMask(scene_.views[size_t(view_idx)]);
    auto features = std::make_shared<sam::SamFeatures>();
    features->image_width = ids.width;
    features->image_height = ids.height;
    features->maps = {{"ids", {ids.height, ids.width}, {ids.data.begin(), ids.data.end()}}};
    return features;
  }
  ImageF Depth(int view_idx, const Job& job) const override {
    const std::lock_guard lock(mutex_);
    ImageF& depth = depths_[view_idx];
    if (depth.empty()) depth = nerf_.Render(scene_.views[size_t(view_idx)].camera, job).depth;
    return depth;
  }
  ImageF Opacity(int view_idx, const Job& job) const override {
    return nerf_.Render(scene_.views[size_t(view_idx)].camera, job).opacity;
  }
  ImageF Rgb(int view_idx, const Job&) const override {
    const float white[3] = {1, 1, 1};
    return CompositeOver(scene::LoadViewImage(scene_.views[size_t(view_idx)]), white);
  }
  uint64_t ModelFingerprint() const override { return 0; }

  mutable std::atomic<int> num_camera_calls = 0;

 private:
  const scene::Scene& scene_;
  const nerf::NerfModel nerf_;
  mutable std::mutex mutex_;
  mutable std::map<int, ImageF> depths_;
};

// The instances under the positive points, box and mug together, without those under the negative ones; without points
// the one that fills most of the box.
class GroupingSam : public sam::Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return 0; }
  sam::MaskRule default_rule() const override { return sam::MaskRule::kSingleMask; }
  sam::SamFeatures Encode(const ImageF&, const Job&) const override { return {}; }
  std::unique_ptr<sam::Sam> Share() const override {
    auto shared = std::make_unique<GroupingSam>();
    shared->on_predict = on_predict;
    return shared;
  }
  void SetFeatures(std::shared_ptr<const sam::SamFeatures> features) override { features_ = std::move(features); }
  std::vector<sam::SamMask> Predict(const sam::SamPrompt& prompt, bool, const Job&) const override {
    if (on_predict) on_predict();
    const int width = features_->image_width, height = features_->image_height;
    const std::vector<float>& ids = features_->maps[0].data;
    const auto at = [&](double x, double y) { return int(ids[size_t(int(y) * width + int(x))]); };
    std::set<int> wanted;
    for (const auto& point : prompt.points)
      if (point.label == 1) wanted.insert(at(point.x, point.y));
    if (wanted.empty() && prompt.box) wanted.insert(MostFrequent(*prompt.box, at));
    if (wanted.count(kBoxId) + wanted.count(kMugId) > 0) wanted.insert({kBoxId, kMugId});
    for (const auto& point : prompt.points)
      if (point.label == 0) wanted.erase(at(point.x, point.y));
    ImageF object(width, height, 1);
    for (size_t i = 0; i < ids.size(); ++i) object.data[i] = wanted.count(int(ids[i])) > 0 ? 1.0f : -1.0f;
    ImageF corner(width, height, 1, -1.0f);  // another candidate, always wrong
    for (int i = 0; i < 20; ++i) corner.data[size_t(i)] = 1;
    return {{object, 0.9f, 0}, {corner, 0.3f, 1}};
  }
  ImageF ToImageFrame(const sam::SamMask& mask) const override { return mask.logits; }
  ImageF ToImageFrame(const sam::SamMask& mask, int width, int height) const override {
    return Resize(mask.logits, width, height);
  }
  ImageF FromImageFrame(const ImageF& logits) const override { return logits; }

  std::function<void()> on_predict;

 private:
  template <class At>
  static int MostFrequent(const sam::SamPrompt::Box& box, const At& at) {
    std::map<int, int> counts;
    for (int y = int(box.y0); y < int(box.y1); ++y)
      for (int x = int(box.x0); x < int(box.x1); ++x)
        if (at(x, y) > 1) ++counts[at(x, y)];  // neither background nor table
    int best = -1, most = 0;
    for (const auto& [id, count] : counts)
      if (count > most) best = id, most = count;
    return best;
  }
  std::string name_ = "grouping";
  std::shared_ptr<const sam::SamFeatures> features_;
};

class SessionTest : public mask_aggregator::AggregatorTest {
 protected:
  static void SetUpTestSuite() {
    mask_aggregator::AggregatorTest::SetUpTestSuite();
    shared_scene_ = std::make_shared<const scene::Scene>(*scene_);
    features_ = std::make_shared<const InstanceFeatures>(*shared_scene_, *nerf_);
  }
  static void TearDownTestSuite() {
    features_ = nullptr;
    shared_scene_ = nullptr;
    mask_aggregator::AggregatorTest::TearDownTestSuite();
  }

  static SegmentationOptions SegmentOptionsForTests() {
    SegmentationOptions options;
    options.object = Options();
    options.object.iters = 60;
    options.segment.further_iters = 20;
    return options;
  }
  Session MakeSession(const SegmentationOptions& options = SegmentOptionsForTests()) const {
    return Session({shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()}, options);
  }

  // Where most of the instance is seen, the pixel of it farthest from its border (in steps along rows and columns).
  static mask_decoder::ClickPrompt ClickOn(int instance, int label = 1) {
    mask_decoder::ClickPrompt best;
    int most = 0;
    for (const int v : shared_scene_->TrainViews()) {
      const ImageU8 ids = scene::LoadViewMask(shared_scene_->views[size_t(v)]);
      for (int y = 0; y < ids.height; ++y)
        for (int x = 0; x < ids.width; ++x) {
          const int room = Room(ids, x, y, instance);
          if (room > most) most = room, best = {shared_scene_->views[size_t(v)].name, Vec2(x, y), label};
        }
    }
    return best;
  }
  static mask_decoder::ObjectPrompt Clicked(const std::string& name, int instance) {
    mask_decoder::ObjectPrompt object;
    object.name = name;
    object.min_visible = 1;
    object.clicks = {ClickOn(instance)};
    return object;
  }

  // Of a label with these instances together, in the held-out views.
  static double Iou(const mask_aggregator::ObjectModel& model, const std::set<int>& instances, int label = 1) {
    int64_t both = 0, either = 0;
    for (const int v : shared_scene_->TestViews()) {
      const scene::View& view = shared_scene_->views[size_t(v)];
      const ImageU8 truth = scene::LoadViewMask(view), ours = model.Render(view.camera, Job()).labels;
      for (size_t i = 0; i < truth.data.size(); ++i) {
        const bool is_true = instances.count(truth.data[i]) > 0, is_ours = ours.data[i] == label;
        both += is_true && is_ours;
        either += is_true || is_ours;
      }
    }
    return double(both) / double(either);
  }

  std::string BytesOf(const mask_aggregator::ObjectModel& model) const {
    model.Save(*folder_ / "object.ckpt");
    return ReadFile(*folder_ / "object.ckpt");
  }

  static inline std::shared_ptr<const scene::Scene> shared_scene_;
  static inline std::shared_ptr<const InstanceFeatures> features_;
  const Job job_ = Job();
  std::shared_ptr<GroupingSam> sam_ = std::make_shared<GroupingSam>();

 private:
  static int Room(const ImageU8& ids, int x, int y, int instance) {
    for (int room = 0;; ++room)
      for (const auto& [dx, dy] : {std::pair(room, 0), std::pair(-room, 0), std::pair(0, room), std::pair(0, -room)}) {
        const int u = x + dx, v = y + dy;
        if (u < 0 || v < 0 || u >= ids.width || v >= ids.height || ids.At(u, v) != instance) return room;
      }
  }
};

}  // namespace sanerf::segmentation
