// For tests: two spheres on a table with exact depth, seen by known cameras, and a "SAM" that segments them exactly.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"

namespace sanerf::testing_scene {

enum Label { kNothing = 0, kTable = 1, kBall = 2, kOther = 3 };

constexpr double kBallRadius = 0.5;
const Vec3 kBallCenter(0, kBallRadius, 0);
const Vec3 kOtherCenter(1.4, kBallRadius, 0);
constexpr double kTableHalfSize = 3;  // in y = 0

struct Hit {
  double z = 0;  // z-depth, 0 = nothing
  int label = kNothing;
};

// The ray's direction has z-depth 1 per unit of its parameter.
inline Hit Trace(const Vec3& origin, const Vec3& direction) {
  Hit hit;
  const auto offer = [&](double t, int label) {
    if (t > 0 && (hit.label == kNothing || t < hit.z)) hit = {t, label};
  };
  for (const auto& [center, label] : {std::pair(kBallCenter, kBall), std::pair(kOtherCenter, kOther)}) {
    const Vec3 from_center = origin - center;
    const double a = direction.squaredNorm(), b = direction.dot(from_center);
    const double discriminant = b * b - a * (from_center.squaredNorm() - kBallRadius * kBallRadius);
    if (discriminant >= 0) offer((-b - std::sqrt(discriminant)) / a, label);
  }
  if (direction.y() != 0) {
    const double t = -origin.y() / direction.y();
    const Vec3 p = origin + t * direction;
    if (std::abs(p.x()) <= kTableHalfSize && std::abs(p.z()) <= kTableHalfSize) offer(t, kTable);
  }
  return hit;
}

// A photo of 192x128 pixels, principal point off the center. The working camera is half as large.
constexpr int kPhotoWidth = 192, kPhotoHeight = 128, kWorkingSize = 96;

inline scene::View MakeView(const std::string& name, const Vec3& eye, const Vec3& target = kBallCenter,
                            const Lens& lens = Lens()) {
  scene::View view;
  view.name = name;
  Camera& camera = view.camera;
  camera.width = kPhotoWidth;
  camera.height = kPhotoHeight;
  camera.fx = 170;
  camera.fy = 175;
  camera.cx = 80;
  camera.cy = 70;
  camera.lens = lens;
  camera.world_from_cam = LookAt(eye, target, Vec3::UnitY());
  return view;
}

enum ViewIdx { kFront, kFrontLeft, kRight, kAway, kLens, kBack };  // of MakeScene's views

// front looks along -z at the ball; right looks along -x with the other ball in between; away turns its back.
inline scene::Scene MakeScene() {
  scene::Scene scene;
  scene.views = {MakeView("front.png", {0, 1.2, 4}),
                 MakeView("front_left.png", {-2, 1.2, 3.5}),
                 MakeView("right.png", {5, 0.6, 0}),
                 MakeView("away.png", {0, 1.2, 4}, {0, 1.2, 9}),
                 MakeView("lens.png", {0.5, 1.5, 3.5}, kBallCenter, Lens::Radial(-0.2, 0.03, 0.002, -0.001)),
                 MakeView("back.png", {0, 1.2, -4})};
  return scene;
}

class AnalyticContainer : public feature_container::FeatureContainer {
 public:
  explicit AnalyticContainer(const scene::Scene& scene) : scene_(scene) {}

  Camera WorkingCamera(int view_idx) const override {
    return sanerf::feature_container::WorkingCamera(scene_.views.at(view_idx), kWorkingSize);
  }
  bool Has(int view_idx) const override { return !missing.contains(view_idx); }
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job&) const override {
    if (!Has(view_idx)) throw Error(scene_.views[view_idx].name + " has not been encoded");
    const Camera camera = WorkingCamera(view_idx);
    auto features = std::make_shared<sam::SamFeatures>();
    features->image_width = camera.width;
    features->image_height = camera.height;
    features->maps = {{"labels", {camera.height, camera.width}, {}}};
    ForEachPixel(view_idx,
                 [&](int, int, const Hit& hit) { features->maps[0].data.push_back(static_cast<float>(hit.label)); });
    return features;
  }
  ImageF Depth(int view_idx, const Job&) const override {
    const Camera camera = WorkingCamera(view_idx);
    ImageF depth(camera.width, camera.height, 1);
    ForEachPixel(view_idx, [&](int x, int y, const Hit& hit) { depth.At(x, y) = static_cast<float>(hit.z); });
    return depth;
  }
  ImageF Opacity(int view_idx, const Job&) const override {
    ImageF opacity = Depth(view_idx, Job());
    for (float& value : opacity.data) value = value > 0 ? 1.f : 0.03f;
    return opacity;
  }
  ImageF Rgb(int, const Job&) const override { return {}; }
  uint64_t ModelFingerprint() const override { return 7; }

  std::set<int> missing;

 private:
  template <class F>
  void ForEachPixel(int view_idx, const F& f) const {
    const Camera camera = WorkingCamera(view_idx);
    for (int y = 0; y < camera.height; ++y) {
      for (int x = 0; x < camera.width; ++x) f(x, y, Trace(camera.center(), camera.RayInWorld({x + 0.5, y + 0.5})));
    }
  }
  const scene::Scene& scene_;
};

// Masks are the pixels with the label under the positive points (or the box's most frequent label inside the box).
// Candidates as Sam numbers them: the single mask is everything, the hypotheses are a speck, the object (best score)
// and everything.
class AnalyticSam : public sam::Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return fingerprint; }
  sam::MaskRule default_rule() const override { return rule; }
  sam::SamFeatures Encode(const ImageF&, const Job&) const override { return {}; }
  std::unique_ptr<sam::Sam> Share() const override {
    auto shared = std::make_unique<AnalyticSam>();
    shared->fingerprint = fingerprint;
    shared->rule = rule;
    shared->overwrite = overwrite;
    shared->surroundings = surroundings;
    shared->original_ = original_ != nullptr ? original_ : this;
    return shared;
  }
  void SetFeatures(std::shared_ptr<const sam::SamFeatures> features) override { features_ = std::move(features); }

  std::vector<sam::SamMask> Predict(const sam::SamPrompt& prompt, bool multimask, const Job&) const override {
    (original_ != nullptr ? original_ : this)->Record(prompt);
    const models::Tensor& map = features_->maps[0];
    const int height = static_cast<int>(map.shape[0]), width = static_cast<int>(map.shape[1]);
    const auto at = [&](double x, double y) { return static_cast<int>(map.data[int(y) * size_t(width) + int(x)]); };
    std::map<int, int> votes;
    for (const auto& point : prompt.points) {
      if (point.label == 1) ++votes[at(point.x, point.y)];
    }
    if (prompt.box) {
      for (int y = int(prompt.box->y0); y < int(prompt.box->y1); ++y) {
        for (int x = int(prompt.box->x0); x < int(prompt.box->x1); ++x) ++votes[at(x, y)];
      }
    }
    int wanted = 0, most = 0;
    for (const auto& [label, count] : votes) {
      if (count > most) wanted = label, most = count;
    }
    ImageF object(width, height, 1, -1.f), all(width, height, 1, 1.f), speck(width, height, 1, -1.f);
    for (size_t i = 0; i < map.data.size(); ++i) object.data[i] = int(map.data[i]) == wanted ? 1.f : -1.f;
    if (overwrite) overwrite(object);
    speck.data[0] = 1.f;
    const ImageF third = surroundings ? surroundings(object) : all;
    if (!multimask) return {{all, 0.5f, 0}};
    return {{all, 0.5f, 0}, {speck, 0.3f, 1}, {object, 0.9f, 2}, {third, 0.6f, 3}};
  }
  ImageF ToImageFrame(const sam::SamMask& mask) const override { return mask.logits; }
  ImageF ToImageFrame(const sam::SamMask& mask, int width, int height) const override {
    return Resize(mask.logits, width, height);
  }
  ImageF FromImageFrame(const ImageF& logits) const override { return logits; }

  uint64_t fingerprint = 7;
  sam::MaskRule rule = sam::MaskRule::kHighestPredictedIou;
  std::function<void(ImageF&)> overwrite;                    // changes the object's logits
  std::function<ImageF(const ImageF& object)> surroundings;  // the third hypothesis, everything by default
  mutable std::vector<sam::SamPrompt> prompts;               // every one that was asked, also of those that share this

 private:
  void Record(const sam::SamPrompt& prompt) const {
    const std::lock_guard lock(mutex_);
    prompts.push_back(prompt);
  }
  mutable std::mutex mutex_;
  const AnalyticSam* original_ = nullptr;
  std::string name_ = "analytic";
  std::shared_ptr<const sam::SamFeatures> features_;
};

}  // namespace sanerf::testing_scene
