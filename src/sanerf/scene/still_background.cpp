#include "sanerf/scene/still_background.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include "sanerf/core/parallel.h"
#include "sanerf/core/quantiles.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::scene {
namespace {

constexpr int kReach = 2, kPatch = (2 * kReach + 1) * (2 * kReach + 1);  // of a patch, pixels
constexpr double kNoise = 0.01;         // gray values per pixel: less structure than this is noise
constexpr float kSamePatch = 0.9f;      // normalized correlation
constexpr double kMoves = 1.5;          // pixels
constexpr double kOneDirection = 1e-6;  // mean of unit vectors: none shorter points anywhere
constexpr size_t kFewPhotos = 4;        // no stand has fewer: two photos may have been taken twice
constexpr int kMostPhotos = 160;        // compared with each other

// Patches of a picture: how much structure each has in its weaker direction, and its values without mean and scale.
class Patches {
 public:
  explicit Patches(const ImageF& gray) : width_(gray.width), height_(gray.height) {
    strength_.assign(size_t(gray.num_pixels()), 0);
    values_.assign(size_t(gray.num_pixels()) * kPatch, 0);
    for (int y = kReach + 1; y < height_ - kReach - 1; ++y)
      for (int x = kReach + 1; x < width_ - kReach - 1; ++x) Fill(gray, x, y);
  }

  double total() const { return total_; }
  float strength(int64_t p) const { return strength_[size_t(p)]; }
  int64_t size() const { return int64_t(strength_.size()); }
  bool IsSame(const Patches& other, int64_t p) const {
    const float *a = &values_[size_t(p) * kPatch], *b = &other.values_[size_t(p) * kPatch];
    float correlation = 0;
    for (int i = 0; i < kPatch; ++i) correlation += a[i] * b[i];
    return correlation > kSamePatch;
  }
  // Of this picture's structure the share that the other shows at the same place. may_count: by pixel; empty = all.
  double ShareIn(const Patches& other, const std::vector<char>& may_count) const {
    double same = 0;
    for (int64_t p = 0; p < size(); ++p) {
      const float both = std::min(strength_[size_t(p)], other.strength_[size_t(p)]);
      if (both > 0 && (may_count.empty() || may_count[size_t(p)] != 0) && IsSame(other, p)) same += double(both);
    }
    return total_ > 0 ? same / total_ : 0;
  }

 private:
  void Fill(const ImageF& gray, int x, int y) {
    double xx = 0, xy = 0, yy = 0, mean = 0, squares = 0;
    float* values = &values_[(size_t(y) * width_ + x) * kPatch];
    int i = 0;
    for (int v = y - kReach; v <= y + kReach; ++v) {
      for (int u = x - kReach; u <= x + kReach; ++u, ++i) {
        const double dx = 0.5 * double(gray.At(u + 1, v) - gray.At(u - 1, v)),
                     dy = 0.5 * double(gray.At(u, v + 1) - gray.At(u, v - 1));
        xx += dx * dx, xy += dx * dy, yy += dy * dy;
        values[i] = gray.At(u, v);
        mean += double(values[i]) / kPatch;
      }
    }
    for (i = 0; i < kPatch; ++i) squares += (double(values[i]) - mean) * (double(values[i]) - mean);
    const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
    for (i = 0; i < kPatch; ++i) values[i] = float((double(values[i]) - mean) * scale);
    const double weaker = 0.5 * (xx + yy) - std::hypot(0.5 * (xx - yy), xy);  // eigenvalue of the structure tensor
    const double strength = std::max(0.0, std::sqrt(std::max(0.0, weaker) / kPatch) - kNoise);
    strength_[size_t(y) * width_ + x] = float(strength);
    total_ += strength;
  }

  int width_, height_;
  double total_ = 0;
  std::vector<float> strength_;  // [pixel]
  std::vector<float> values_;    // [pixel][kPatch]
};

// Photos that show much of the same at the same place as the one that most others do so with, then the same of the
// rest.
std::vector<std::vector<int>> StandsAmong(const std::vector<Patches>& patches, const std::vector<int>& compared) {
  const size_t n = compared.size();
  std::vector<char> linked(n * n, 0);
  ParallelFor(int64_t(n), [&](int64_t i) {
    for (size_t j = 0; j < n; ++j) {
      const Patches &a = patches[size_t(compared[size_t(i)])], &b = patches[size_t(compared[j])];
      if (j != size_t(i)) linked[size_t(i) * n + j] = a.ShareIn(b, {}) > StillBackground::kTurntable;
    }
  });
  std::vector<char> is_taken(n, 0);
  std::vector<std::vector<int>> stands;
  while (true) {
    size_t leader = 0, most = 0;
    for (size_t i = 0; i < n; ++i) {
      size_t count = 0;
      for (size_t j = 0; j < n; ++j) count += linked[i * n + j] != 0 && is_taken[j] == 0;
      if (is_taken[i] == 0 && count > most) leader = i, most = count;
    }
    if (most + 1 < kFewPhotos) return stands;
    stands.emplace_back();
    for (size_t j = 0; j < n; ++j) {
      if (is_taken[j] != 0 || !(j == leader || linked[leader * n + j] != 0)) continue;
      is_taken[j] = 1;
      stands.back().push_back(compared[j]);
    }
  }
}

ImageF MedianOf(const std::vector<SmallPhoto>& photos, const std::vector<int>& of) {
  ImageF median(photos[0].gray.width, photos[0].gray.height, 1);
  ParallelFor(median.height, [&](int64_t y) {
    std::vector<double> values(of.size());
    for (int x = 0; x < median.width; ++x) {
      for (size_t i = 0; i < of.size(); ++i) values[i] = double(photos[size_t(of[i])].gray.At(x, int(y)));
      median.At(x, int(y)) = float(Median(values));
    }
  });
  return median;
}

// By pixel, whether nothing can be seen there by all cameras of a stand.
std::vector<char> MustMove(const std::vector<SmallPhoto>& photos, const std::vector<int>& stand) {
  const ImageF& picture = photos[0].gray;
  std::vector<Camera> cameras;
  for (const int photo : stand) cameras.push_back(photos[size_t(photo)].camera);
  std::vector<char> must(size_t(picture.num_pixels()), 0);
  ParallelFor(picture.height, [&](int64_t y) {
    for (int x = 0; x < picture.width; ++x)
      must[size_t(y) * size_t(picture.width) + size_t(x)] =
          LeastMotion(cameras, Vec2(x + 0.5, double(y) + 0.5)) > kMoves;
  });
  return must;
}

double MedianAngle(const std::vector<Vec3>& rays, const std::vector<Vec3>& to_point) {
  std::vector<double> angles;
  for (size_t i = 0; i < rays.size(); ++i)
    angles.push_back(std::atan2(rays[i].cross(to_point[i]).norm(), rays[i].dot(to_point[i])));
  return Median(angles);
}

}  // namespace

double LeastMotion(const std::vector<Camera>& cameras, const Vec2& px) {
  std::vector<Vec3> rays;
  Mat3 a = Mat3::Zero();
  Vec3 b = Vec3::Zero(), mean = Vec3::Zero();
  for (const Camera& camera : cameras) {
    rays.push_back(camera.RayInWorld(px).normalized());
    const Mat3 across = Mat3::Identity() - rays.back() * rays.back().transpose();
    a += across;
    b += across * camera.center();
    mean += rays.back();
  }
  // Infinitely far, in a direction that they have in common; all around there is none.
  double angle = mean.norm() > kOneDirection * double(rays.size())
                     ? MedianAngle(rays, std::vector<Vec3>(rays.size(), mean))
                     : M_PI;
  const Eigen::LDLT<Mat3> solver(a);
  const Vec3 nearest = solver.solve(b);  // to all rays, least squares
  if (nearest.allFinite()) {
    std::vector<Vec3> to_point;
    for (const Camera& camera : cameras) to_point.push_back(nearest - camera.center());
    angle = std::min(angle, MedianAngle(rays, to_point));
  }
  return angle * cameras[0].fx;
}

StillBackground FindStillBackground(const std::vector<SmallPhoto>& photos) {
  StillBackground found;
  if (photos.size() < kFewPhotos) return found;
  std::vector<std::unique_ptr<Patches>> made(photos.size());
  ParallelFor(int64_t(photos.size()),
              [&](int64_t i) { made[size_t(i)] = std::make_unique<Patches>(photos[size_t(i)].gray); });
  std::vector<Patches> patches;
  for (std::unique_ptr<Patches>& one : made) patches.push_back(std::move(*one));
  std::vector<int> all(photos.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = int(i);
  const std::vector<int> compared = ThinnedViews(all, kMostPhotos);
  found.stands = StandsAmong(patches, compared);

  // What a stand's photos have in common, and how much of each photo that is.
  std::vector<double> shares(photos.size(), 0);
  std::vector<std::pair<int, double>> best(photos.size(), {-1, 0.0});  // stand, share whether it must move or not
  for (size_t s = 0; s < found.stands.size(); ++s) {
    const Patches common(MedianOf(photos, found.stands[s]));
    const std::vector<char> must_move = MustMove(photos, found.stands[s]);
    ParallelFor(int64_t(photos.size()), [&](int64_t i) {
      const double share = patches[size_t(i)].ShareIn(common, {});
      if (share <= best[size_t(i)].second) return;
      best[size_t(i)] = {int(s), share};
      shares[size_t(i)] = patches[size_t(i)].ShareIn(common, must_move);
    });
  }
  for (std::vector<int>& stand : found.stands) stand.clear();
  for (size_t i = 0; i < photos.size(); ++i) {
    if (best[i].second > StillBackground::kTurntable) found.stands[size_t(best[i].first)].push_back(int(i));
    found.share += shares[i] / double(photos.size());
  }
  std::erase_if(found.stands, [](const std::vector<int>& stand) { return stand.size() < kFewPhotos; });
  return found;
}

Camera SmallCamera(const Camera& camera) { return camera.ResizedToLongest(kStillSize); }

ImageF GrayOf(const ImageF& rgb) {
  ImageF gray(rgb.width, rgb.height, 1);
  for (int64_t p = 0; p < rgb.num_pixels(); ++p) {
    const float* pixel = &rgb.data[size_t(p * rgb.channels)];
    gray.data[size_t(p)] = 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
  }
  return gray;
}

StillBackground FindStillBackground(const Scene& scene, int most, const Job& job) {
  if (scene.has_alpha) return {};
  std::map<std::pair<int, int>, std::vector<int>> by_size;
  for (const int v : scene.TrainViews()) {
    const Camera& camera = scene.views[size_t(v)].camera;
    by_size[{camera.width, camera.height}].push_back(v);
  }
  std::vector<int> views;
  for (const auto& [size, of_size] : by_size)
    if (of_size.size() > views.size()) views = of_size;
  views = ThinnedViews(views, most);
  std::vector<SmallPhoto> photos(views.size());
  Task task(job, "look for what stands still", int64_t(views.size()), "photos");
  std::atomic<int64_t> done = 0;
  ParallelForChunks(int64_t(views.size()), 1, [&](int64_t i, int64_t) {
    job.ThrowIfStopped("reading the photos");
    const View& view = scene.views[size_t(views[size_t(i)])];
    const Camera small = SmallCamera(view.camera);
    photos[size_t(i)] = {GrayOf(LoadViewImage(view, small.width, small.height)), small};
    task.Update(++done);
  });
  task.Finish();
  StillBackground found = FindStillBackground(photos);
  for (std::vector<int>& stand : found.stands)
    for (int& photo : stand) photo = views[size_t(photo)];
  return found;
}

std::vector<Oddity> OdditiesOf(const StillBackground& still) {
  if (!still.IsTurntable()) return {};
  return {
      {fmt::format("this looks like a turntable: {:.0f} % of what the photos show stands still in the picture while "
                   "the poses say that the camera moved",
                   100 * still.share),
       "train with --set nerf.turntable=auto, which leaves out what stands still"}};
}

}  // namespace sanerf::scene
