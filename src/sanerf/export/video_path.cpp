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

Stand StandOf(const Scene& scene, const ObjectPlace& place, const CaptureSummary& shape) {
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

// A quaternion's coefficients, as a vector.
using Turn = Eigen::Vector4d;

// On a curve through all of the points, smooth where pieces meet, between the second and the third: Catmull and Rom's
// with the distances of the points as knots (Barry and Goldman 1988), so that it is passed at an even pace.
template <class Vector>
Vector OnCurve(const Vector (&points)[4], const double (&knots)[4], double at) {
  const auto mix = [&](const Vector& a, const Vector& b, int from, int to) -> Vector {
    const double share = (at - knots[from]) / (knots[to] - knots[from]);
    return (1 - share) * a + share * b;
  };
  const Vector a = mix(points[0], points[1], 0, 1), b = mix(points[1], points[2], 1, 2),
               c = mix(points[2], points[3], 2, 3);
  return mix(mix(a, b, 0, 2), mix(b, c, 1, 3), 1, 2);
}

// Places, and where the cameras look there, one behind the other.
struct Way {
  std::vector<Vec3> places;
  std::vector<Turn> turns;
  bool is_closed = false;

  int size() const { return int(places.size()); }
  int num_pieces() const { return is_closed ? size() : size() - 1; }
  // Also before the first and behind the last: around, or as far on as there is to the neighbor.
  Vec3 Place(int i) const {
    const int n = size();
    if (is_closed) return places[size_t((i % n + n) % n)];
    if (i < 0) return 2 * places[0] - places[1];
    return i < n ? places[size_t(i)] : Vec3(2 * places[size_t(n - 1)] - places[size_t(n - 2)]);
  }
  Turn TurnAt(int i) const {
    const int n = size();
    return turns[size_t(is_closed ? (i % n + n) % n : std::clamp(i, 0, n - 1))];
  }
  double LengthOf(int piece) const { return (Place(piece + 1) - Place(piece)).norm(); }

  // piece: from this place to the next; along: from its beginning.
  Pose At(int piece, double along) const {
    Vec3 around[4];
    Turn turn[4];
    double knots[4] = {-LengthOf(piece - 1), 0, LengthOf(piece), LengthOf(piece) + LengthOf(piece + 1)};
    for (int k = 0; k < 4; ++k) {
      around[k] = Place(piece - 1 + k);
      turn[k] = TurnAt(piece - 1 + k);
      if (k > 0 && turn[k].dot(turn[k - 1]) < 0) turn[k] *= -1;  // the same turn, on the side of the one before
    }
    return {Eigen::Quaterniond(OnCurve(turn, knots, along).normalized()).toRotationMatrix(),
            OnCurve(around, knots, along)};
  }
};

Way WayAlong(const Scene& scene, const Vec3& origin) {
  const std::vector<int> train = scene.TrainViews();
  std::vector<Vec3> places;
  for (const int v : train) places.push_back(scene.views[size_t(v)].camera.center() - origin);
  Way way;
  way.is_closed = !SummaryOfCapture(scene).is_forward_facing;
  std::vector<int> order = FarApart(places, kKeyCameras);
  Shorten(places, way.is_closed, &order);
  for (const int i : order) {
    way.places.push_back(places[size_t(i)]);
    const Mat3& rotation = scene.views[size_t(train[size_t(i)])].camera.world_from_cam.rotation;
    way.turns.push_back(Eigen::Quaterniond(rotation).coeffs());
  }
  return way;
}

}  // namespace

std::vector<Camera> TurntableCameras(const Scene& scene, const ObjectPlace& place, int num_frames, int longest_side) {
  const CaptureSummary shape = SummaryOfCapture(scene);
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
  const Camera& first = scene.views[size_t(scene.TrainViews().front())].camera;
  const Vec3 origin = first.center();  // large coordinates stay exact
  const Way way = WayAlong(scene, origin);
  Camera camera = VideoCamera(scene, longest_side);
  std::vector<Camera> cameras;
  if (way.size() < 2) {
    camera.world_from_cam = first.world_from_cam;
    cameras.assign(size_t(num_frames), camera);
    return cameras;
  }
  double length = 0;
  for (int piece = 0; piece < way.num_pieces(); ++piece) length += way.LengthOf(piece);
  const double step = length / (way.is_closed ? num_frames : std::max(1, num_frames - 1));
  int piece = 0;
  double before = 0;  // the length of the pieces before this one
  for (int f = 0; f < num_frames; ++f) {
    while (piece + 1 < way.num_pieces() && f * step > before + way.LengthOf(piece)) before += way.LengthOf(piece++);
    const Pose pose = way.At(piece, std::min(f * step - before, way.LengthOf(piece)));
    camera.world_from_cam = {pose.rotation, origin + pose.translation};
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
