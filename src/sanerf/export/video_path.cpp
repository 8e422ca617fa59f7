#include "sanerf/export/video_path.h"

#include <fmt/format.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "sanerf/core/error.h"

namespace sanerf::exports {

using scene::Scene;

namespace {

constexpr double kFills = 1.15;              // distance beyond that at which the ball fills the picture
constexpr double kLow = 0.09, kHigh = 1.05;  // elevation of the turntable, radians: 5 and 60 degrees
constexpr size_t kKeyCameras = 12;
constexpr int kNearPlanes = 2;  // to stay away from what is looked at

int Even(int pixels) { return std::max(2, pixels / 2 * 2); }

Camera AtEvenSize(const Camera& camera) { return camera.Resized(Even(camera.width), Even(camera.height)); }

Camera VideoCamera(const Scene& scene, int longest_side) {
  const Camera first = scene.views[size_t(scene.TrainViews().front())].camera.Straightened();
  return AtEvenSize(first.ResizedToLongest(longest_side));
}

// At which a ball of this radius just fits into the picture.
double DistanceOf(const Camera& camera, double radius) {
  const double half = std::atan(std::min(0.5 * camera.width / camera.fx, 0.5 * camera.height / camera.fy));
  return kFills * radius / std::sin(half);
}

// The horizontal axes of a turntable, the first towards the cameras, and their elevation.
struct Stand {
  Vec3 towards, across;
  double elevation = 0, swing = 0;  // swing: of the cameras' azimuths, radians
};

Stand StandOf(const Scene& scene, const ObjectPlace& place, const CaptureShape& shape) {
  Stand stand;
  const Vec3 to_mean = shape.center - place.center;
  Vec3 flat = to_mean - to_mean.dot(shape.up) * shape.up;
  if (flat.norm() < 1e-6 * (to_mean.norm() + place.radius)) flat = shape.up.unitOrthogonal();
  stand.towards = flat.normalized();
  stand.across = shape.up.cross(stand.towards);
  const std::vector<int> train = scene.TrainViews();
  for (const int v : train) {
    const Vec3 away = scene.views[size_t(v)].camera.center() - place.center;
    const double flat_length = std::hypot(away.dot(stand.towards), away.dot(stand.across));
    stand.elevation += std::atan2(away.dot(shape.up), flat_length) / double(train.size());
    stand.swing = std::max(stand.swing, std::abs(std::atan2(away.dot(stand.across), away.dot(stand.towards))));
  }
  stand.elevation = std::clamp(stand.elevation, kLow, kHigh);
  return stand;
}

// The cameras that lie farthest apart, by and by (Gonzalez 1985), beginning with the first.
std::vector<int> FarApart(const std::vector<Vec3>& places, size_t count) {
  std::vector<int> chosen = {0};
  std::vector<double> nearest(places.size(), INFINITY);
  while (chosen.size() < std::min(count, places.size())) {
    for (size_t i = 0; i < places.size(); ++i)
      nearest[i] = std::min(nearest[i], (places[i] - places[size_t(chosen.back())]).norm());
    const auto farthest = std::max_element(nearest.begin(), nearest.end());
    if (*farthest <= 0) break;
    chosen.push_back(int(farthest - nearest.begin()));
  }
  return chosen;
}

double LengthOf(const std::vector<int>& order, const std::vector<Vec3>& places, bool is_closed) {
  double length = 0;
  for (size_t i = 0; i + 1 < order.size(); ++i)
    length += (places[size_t(order[i + 1])] - places[size_t(order[i])]).norm();
  return is_closed ? length + (places[size_t(order.front())] - places[size_t(order.back())]).norm() : length;
}

// Turns pieces of the way around while that makes it shorter (2-opt).
void Shorten(const std::vector<Vec3>& places, bool is_closed, std::vector<int>* order) {
  const std::ptrdiff_t n = std::ptrdiff_t(order->size());
  for (bool is_better = true; is_better;) {
    is_better = false;
    for (std::ptrdiff_t i = 0; i < n; ++i)
      for (std::ptrdiff_t j = i + 1; j < n; ++j) {
        std::vector<int> other = *order;
        std::reverse(other.begin() + i, other.begin() + j + 1);
        if (LengthOf(other, places, is_closed) >= LengthOf(*order, places, is_closed) * (1 - 1e-9)) continue;
        *order = std::move(other);
        is_better = true;
      }
  }
}

struct Key {
  Vec3 place;
  Eigen::Vector4d turn;  // a quaternion's coefficients, each on the side of the one before
};

// Catmull and Rom's cubic between b and c: through both, and smooth where pieces meet.
template <class Vector>
Vector Between(const Vector& a, const Vector& b, const Vector& c, const Vector& d, double t) {
  return 0.5 * (2 * b + t * (c - a) + t * t * (2 * a - 5 * b + 4 * c - d) + t * t * t * (3 * b - a - 3 * c + d));
}

}  // namespace

std::vector<Camera> TurntableCameras(const Scene& scene, const ObjectPlace& place, int num_frames, int longest_side) {
  const CaptureShape shape = ShapeOfCapture(scene);
  const Stand stand = StandOf(scene, place, shape);
  Camera camera = VideoCamera(scene, longest_side);
  const double nearest = place.radius + kNearPlanes * scene.near / scene.model_from_file.scale;
  const double distance = std::max(DistanceOf(camera, place.radius), nearest);
  std::vector<Camera> cameras;
  for (int i = 0; i < num_frames; ++i) {
    const double turn = 2 * std::numbers::pi * i / num_frames;
    const double azimuth = shape.is_forward_facing ? stand.swing * std::sin(turn) : turn;
    const Vec3 flat = std::cos(azimuth) * stand.towards + std::sin(azimuth) * stand.across;
    const Vec3 away = std::cos(stand.elevation) * flat + std::sin(stand.elevation) * shape.up;
    camera.world_from_cam = LookAt(place.center + distance * away, place.center, shape.up);
    cameras.push_back(camera);
  }
  return cameras;
}

std::vector<Camera> FlyCameras(const Scene& scene, int num_frames, int longest_side) {
  const bool is_closed = !ShapeOfCapture(scene).is_forward_facing;
  const std::vector<int> train = scene.TrainViews();
  const Vec3 origin = scene.views[size_t(train[0])].camera.center();  // large coordinates stay exact
  std::vector<Vec3> places;
  for (const int v : train) places.push_back(scene.views[size_t(v)].camera.center() - origin);
  std::vector<int> order = FarApart(places, kKeyCameras);
  Shorten(places, is_closed, &order);
  std::vector<Key> keys;
  for (const int i : order) {
    const Eigen::Quaterniond turn(scene.views[size_t(train[size_t(i)])].camera.world_from_cam.rotation);
    keys.push_back({places[size_t(i)], turn.coeffs()});
    if (keys.size() > 1 && keys.back().turn.dot(keys[keys.size() - 2].turn) < 0) keys.back().turn *= -1;
  }
  const int n = int(keys.size());
  const auto key = [&](int i) {  // beyond the ends of an open way its ends
    return keys[size_t(is_closed ? (i % n + n) % n : std::clamp(i, 0, n - 1))];
  };
  Camera camera = VideoCamera(scene, longest_side);
  std::vector<Camera> cameras;
  for (int f = 0; f < num_frames; ++f) {
    const double along = is_closed ? double(n) * f / num_frames : (n - 1.0) * f / std::max(1, num_frames - 1);
    const int i = std::min(int(along), is_closed ? n - 1 : std::max(0, n - 2));
    Key around[4] = {key(i - 1), key(i), key(i + 1), key(i + 2)};
    for (int k = 1; k < 4; ++k)
      if (around[k].turn.dot(around[k - 1].turn) < 0) around[k].turn *= -1;  // where the closed way meets its start
    const double t = along - i;
    const Vec3 place = Between(around[0].place, around[1].place, around[2].place, around[3].place, t);
    const Eigen::Vector4d turn = Between(around[0].turn, around[1].turn, around[2].turn, around[3].turn, t);
    camera.world_from_cam = {Eigen::Quaterniond(turn.normalized()).toRotationMatrix(), origin + place};
    cameras.push_back(camera);
  }
  return cameras;
}

std::vector<Camera> GivenCameras(const std::vector<NamedCamera>& path) {
  std::vector<Camera> cameras;
  for (const NamedCamera& named : path) {
    if (named.camera.width != path[0].camera.width || named.camera.height != path[0].camera.height)
      throw UsageError(
          fmt::format("the camera {} of the path is {}x{} pixels, the first {}x{}", named.name, named.camera.width,
                      named.camera.height, path[0].camera.width, path[0].camera.height),
          "a video has pictures of one size", "write w and h once, at the top of the file");
    cameras.push_back(AtEvenSize(named.camera));
  }
  return cameras;
}

}  // namespace sanerf::exports
