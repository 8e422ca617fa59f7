#include "sanerf/scene/model_frame.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/quantiles.h"
#include "sanerf/scene/alpha_hull.h"
#include "sanerf/scene/focus.h"

namespace sanerf::scene {
namespace {

constexpr double kDefaultNear = 0.05;  // with the cameras at distance 1 and nothing known about the content
constexpr double kNearMargin = 0.5;    // of the known nearest depth: percentiles and hulls miss thin things
constexpr double kSmallestNear = 0.01;
constexpr double kLargestNear = 0.25;
constexpr double kUnknownExtent = 16;  // meters of room around a table-top capture
constexpr double kLargestExtent = 64;
constexpr double kHullFill = 0.92;          // of [-1, 1] that the object's longest side takes
constexpr double kSmallestOpenExtent = 2;   // a real room never ends exactly at the box of its cameras
constexpr double kPointPercentile = 0.995;  // of the sparse points' distances; beyond lie mismatches
constexpr double kPointMargin = 2;          // bare walls and windows give no points
constexpr double kSmallestPointExtent = 4;
constexpr double kBoundsMargin = 1.25;      // far bounds are percentiles too
constexpr double kSpreadsToContent = 6;     // camera spreads between a forward-facing capture and its content
constexpr double kSmallestDistance = 1e-9;  // of the distance to the origin, or of a unit
constexpr double kAllAround = 0.5;          // length of the cameras' mean direction, below which they look all around

std::vector<const Camera*> TrainCameras(const SceneListing& listing) {
  std::vector<const Camera*> cameras;
  for (const ListedView& listed : listing.views) {
    if (!listed.view.is_test) cameras.push_back(&listed.view.camera);
  }
  return cameras;
}

// Model z is up. Files whose convention is z-up keep their axes unless the cameras clearly stand otherwise.
Mat3 UprightRotation(const std::vector<const Camera*>& cameras, bool z_up) {
  const auto up = CameraUp(cameras);
  if (!up || (z_up && up->z() > 0.7)) return Mat3::Identity();
  return Eigen::Quaterniond::FromTwoVectors(*up, Vec3::UnitZ()).toRotationMatrix();
}

// Turns about z so that the cameras' mean direction is +y: the box of a forward-facing scene then lies along its depth.
Mat3 FaceForward(const std::vector<const Camera*>& cameras, const Mat3& upright) {
  Vec3 mean = Vec3::Zero();
  for (const Camera* camera : cameras) mean -= camera->world_from_cam.rotation.col(2);
  const Vec3 forward = upright * mean;
  if (forward.head<2>().norm() < 0.3 * forward.norm()) return upright;
  const double turn = 0.5 * M_PI - std::atan2(forward.y(), forward.x());
  return Eigen::AngleAxisd(turn, Vec3::UnitZ()).toRotationMatrix() * upright;
}

// The depth to look at between near and far: the middle in disparity, which is the middle of what parallax can tell.
std::optional<double> BoundsDepth(const SceneListing& listing) {
  std::vector<double> near, far;
  for (const ListedView& listed : listing.views) {
    if (listed.view.is_test || !listed.bounds) continue;
    near.push_back(listed.bounds->near);
    far.push_back(listed.bounds->far);
  }
  if (near.empty()) return std::nullopt;
  return 2 / (1 / Quantile(near, 0.5) + 1 / Quantile(far, 0.5));
}

struct Focal {
  Vec3 point;       // file frame
  double distance;  // that becomes 1
};

// Cameras that look in (nearly) one direction: their content lies around the mean axis.
Focal ForwardFocus(const SceneListing& listing, const std::vector<const Camera*>& cameras) {
  Vec3 center = Vec3::Zero(), forward = Vec3::Zero();
  for (const Camera* camera : cameras) {
    center += camera->center() / double(cameras.size());
    forward -= camera->world_from_cam.rotation.col(2);
  }
  forward = forward.norm() > 1e-9 ? Vec3(forward.normalized()) : Vec3(-cameras[0]->world_from_cam.rotation.col(2));
  double spread = 0;
  for (const Camera* camera : cameras) spread = std::max(spread, (camera->center() - center).norm());
  double depth = spread > 0 ? kSpreadsToContent * spread : 1;
  if (const auto known = BoundsDepth(listing)) depth = *known;
  return {center + depth * forward, depth};
}

// The farthest camera ends at distance 1; one that strays far from the others does not shrink the scene.
Focal FocusAmid(const std::vector<const Camera*>& cameras, const Vec3& point) {
  std::vector<double> distances;
  for (const Camera* camera : cameras) distances.push_back((camera->center() - point).norm());
  return {point, std::min(Quantile(distances, 1), 2 * Quantile(distances, 0.5))};
}

// Pictures of the whole sphere look everywhere; their axes say nothing.
bool AreSpheres(const std::vector<const Camera*>& cameras) {
  return std::all_of(cameras.begin(), cameras.end(),
                     [](const Camera* camera) { return camera->lens.model() == LensModel::kEquirectangular; });
}

// The middle of the cameras that look all around, as in a room; none when they look in one direction.
std::optional<Vec3> MiddleOfRoom(const std::vector<const Camera*>& cameras) {
  Vec3 center = Vec3::Zero(), forward = Vec3::Zero();
  for (const Camera* camera : cameras) {
    center += camera->center() / double(cameras.size());
    forward -= camera->world_from_cam.rotation.col(2) / double(cameras.size());
  }
  return forward.norm() < kAllAround || AreSpheres(cameras) ? std::optional(center) : std::nullopt;
}

double PowerOfTwoAtLeast(double value) {
  double power = 1;
  while (power < value && power < kLargestExtent) power *= 2;
  return power;
}

double LargestCoordinate(const Vec3& p) { return p.cwiseAbs().maxCoeff(); }

std::optional<double> ExtentOfPoints(const SceneListing& listing, const Similarity& model_from_file) {
  if (listing.points.size() < 100) return std::nullopt;
  std::vector<double> reach;
  for (const Vec3& p : listing.points) reach.push_back(LargestCoordinate(model_from_file * p));
  return std::max(kSmallestPointExtent, kPointMargin * Quantile(std::move(reach), kPointPercentile));
}

std::optional<double> ExtentOfBox(const SceneListing& listing, const Similarity& model_from_file) {
  if (!listing.content) return std::nullopt;
  double reach = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 pick(corner & 1, (corner >> 1) & 1, (corner >> 2) & 1);
    const Vec3 p = listing.content->min + pick.cwiseProduct(listing.content->max - listing.content->min);
    reach = std::max(reach, LargestCoordinate(model_from_file * p));
  }
  return reach;
}

// The far corners of every view's picture.
std::optional<double> ExtentOfBounds(const SceneListing& listing, const Similarity& model_from_file) {
  std::optional<double> reach;
  for (const ListedView& listed : listing.views) {
    if (listed.view.is_test || !listed.bounds) continue;
    const Camera& camera = listed.view.camera;
    for (int corner = 0; corner < 4; ++corner) {
      const Vec2 px((corner & 1) * camera.width, (corner >> 1) * camera.height);
      const Vec3 p = model_from_file * camera.Lift(px, kBoundsMargin * listed.bounds->far);
      reach = std::max(reach.value_or(0), LargestCoordinate(p));
    }
  }
  return reach;
}

double FitExtent(const SceneListing& listing, const Similarity& model_from_file) {
  std::optional<double> reach = ExtentOfBox(listing, model_from_file);
  if (!reach) reach = ExtentOfPoints(listing, model_from_file);
  if (!reach) reach = ExtentOfBounds(listing, model_from_file);
  double extent = std::max(kSmallestOpenExtent, reach.value_or(kUnknownExtent));
  // No camera may stand outside of what the model holds.
  for (const Camera* camera : TrainCameras(listing)) {
    extent = std::max(extent, LargestCoordinate(model_from_file * camera->center()));
  }
  return PowerOfTwoAtLeast(extent);
}

double FitNear(const SceneListing& listing, double scale) {
  std::vector<double> nears;
  for (const ListedView& listed : listing.views) {
    if (!listed.view.is_test && listed.bounds) nears.push_back(listed.bounds->near);
  }
  if (nears.empty()) return kDefaultNear;
  return std::clamp(kNearMargin * scale * Quantile(nears, 0.0), kSmallestNear, kLargestNear);
}

std::optional<ModelFrame> FitToAlpha(const SceneListing& listing, const Mat3& rotation, const Focal& focal,
                                     const Job& job) {
  const Similarity turned{1, rotation, Vec3::Zero()};
  const auto hull = CarveAlphaHull(listing, turned, turned * focal.point, 1.1 * focal.distance, job);
  if (!hull) return std::nullopt;
  ModelFrame frame;
  const double scale = 2 * kHullFill / (hull->box.max - hull->box.min).maxCoeff();
  frame.model_from_file = {scale, rotation, -scale * 0.5 * (hull->box.min + hull->box.max)};
  frame.extent = 1;
  frame.near = std::max(kSmallestNear, 0.8 * scale * hull->nearest);
  return frame;
}

}  // namespace

ModelFrame FitModelFrame(const SceneListing& listing, bool has_alpha, const Job& job) {
  const std::vector<const Camera*> cameras = TrainCameras(listing);
  const Focus focus = IntersectAxes(cameras);
  const bool inward = focus.IsStable() && !AreSpheres(cameras);
  const std::optional<Vec3> middle = inward ? focus.point : MiddleOfRoom(cameras);
  Mat3 rotation = UprightRotation(cameras, listing.z_up);
  if (!middle && !rotation.isIdentity()) rotation = FaceForward(cameras, rotation);
  Focal focal = middle ? FocusAmid(cameras, *middle) : ForwardFocus(listing, cameras);
  // Cameras at one place tell no scale (what is left is rounding), nor do bounds that vanish.
  const double smallest = kSmallestDistance * std::max(1.0, focal.point.norm());
  if (!(focal.distance > smallest) || !std::isfinite(focal.distance)) focal.distance = 1;

  if (has_alpha && inward) {
    if (const auto frame = FitToAlpha(listing, rotation, focal, job)) return *frame;
  }
  const double scale = 1 / focal.distance;
  ModelFrame frame;
  frame.model_from_file = {scale, rotation, -scale * (rotation * focal.point)};
  frame.extent = FitExtent(listing, frame.model_from_file);
  frame.near = FitNear(listing, scale);
  return frame;
}

}  // namespace sanerf::scene
