#include "sanerf/scene/capture_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace {

constexpr double kInward = 0.5;            // cosine between the look and the way to the middle: 60 degrees
constexpr double kMostOfThem = 0.7;        // of the cameras
constexpr double kLooksAllAround = 0.5;    // length of the mean look: shorter when there is none in common
constexpr double kAroundFrom = 180;        // degrees: less is seen from one side
constexpr double kGapThatShows = 60;       // degrees: what faces into it is seen by nobody head-on
constexpr double kOneHeight = 6;           // degrees between the lowest and the highest
constexpr size_t kEnoughToTell = 8;        // photos
constexpr double kBesideTheMiddle = 0.15;  // model units: of a camera above it, the direction says nothing

double Degrees(double radians) { return radians * 180 / M_PI; }

}  // namespace

CaptureShape ShapeOf(const Scene& scene) {
  std::vector<double> around, above;
  size_t num_inward = 0;
  Vec3 mean_look = Vec3::Zero();
  const std::vector<int> train = scene.TrainViews();
  for (const int v : train) {
    const Camera camera = scene.views[size_t(v)].camera.In(scene.model_from_file);
    const Vec3 look = camera.world_from_cam.rotation * Vec3(0, 0, -1), center = camera.center();
    mean_look += look / double(train.size());
    num_inward += look.dot(-center) > kInward * center.norm();
    const double beside = std::hypot(center.x(), center.y());
    if (beside > kBesideTheMiddle) around.push_back(Degrees(std::atan2(center.y(), center.x())));
    above.push_back(Degrees(std::atan2(center.z(), beside)));
  }
  CaptureShape shape;
  if (train.empty()) return shape;
  const auto [lowest, highest] = std::minmax_element(above.begin(), above.end());
  shape.lowest = *lowest, shape.highest = *highest;
  std::sort(around.begin(), around.end());
  shape.gap = 360;
  for (size_t i = 0; i < around.size(); ++i) {
    const double next = i + 1 < around.size() ? around[i + 1] : around[0] + 360;
    const double gap = next - around[i];
    if (i > 0 && gap <= shape.gap) continue;
    shape.gap = gap, shape.gap_begin = around[i];
  }
  shape.arc = 360 - shape.gap;
  if (double(num_inward) < kMostOfThem * double(train.size()) && mean_look.norm() < kLooksAllAround) {
    shape.kind = CaptureShape::Kind::kOutward;
  } else if (shape.arc >= kAroundFrom) {
    shape.kind = CaptureShape::Kind::kAround;
  }
  return shape;
}

std::string Description(const CaptureShape& shape) {
  const std::string height =
      shape.highest - shape.lowest < 1
          ? fmt::format("{:.0f} degrees above its middle", shape.highest)
          : fmt::format("from {:.0f} to {:.0f} degrees above its middle", shape.lowest, shape.highest);
  switch (shape.kind) {
    case CaptureShape::Kind::kAround:
      return fmt::format("around what they look at, over {:.0f} of 360 degrees, {}", shape.arc, height);
    case CaptureShape::Kind::kOutward:
      return "within the scene, looking outward";
    case CaptureShape::Kind::kOneSide:
      break;
  }
  return fmt::format("on one side of what they look at, over {:.0f} degrees, {}", shape.arc, height);
}

std::vector<Oddity> OdditiesOf(const Scene& scene) {
  std::vector<Oddity> oddities;
  const CaptureShape shape = ShapeOf(scene);
  const size_t num_train = scene.TrainViews().size();
  if (num_train < kEnoughToTell) return oddities;  // too few to have a shape
  if (shape.kind == CaptureShape::Kind::kAround && shape.gap > kGapThatShows) {
    oddities.push_back(
        {fmt::format("no photo was taken from a sector of {:.0f} degrees; what faces there will be guessed", shape.gap),
         "take photos there as well, one every 10 to 15 degrees; --sheet FILE.png shows where"});
  }
  if (shape.kind == CaptureShape::Kind::kAround && shape.highest - shape.lowest < kOneHeight) {
    oddities.push_back({"all photos were taken from one height; tops and undersides are seen at a flat angle, or not",
                        "add a second round from higher up"});
  }
  return oddities;
}

}  // namespace sanerf::scene
