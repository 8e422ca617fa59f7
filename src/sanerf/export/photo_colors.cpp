#include "sanerf/export/photo_colors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "sanerf/core/parallel.h"
#include "sanerf/scene/ignored_pixels.h"

namespace sanerf::exports {
namespace {

constexpr float kSlantedMost = 0.2f;  // cosine between the normal and the direction to the camera
constexpr float kOpaquePhoto = 0.95f;
constexpr float kSameColor = 0.08f;  // of the range: colors that differ by it count half
constexpr int kColorRounds = 3;
constexpr int kBest = kPhotosPerPlace + 1;  // the last one says what the others are measured against
constexpr double kSharper = 1.25;           // pixels of the photo per point, where it has as many

struct Sighted {
  float weight = 0;
  Rgb8 color{};
};
using BestSights = std::array<Sighted, kBest>;  // heaviest first

void Insert(const Sighted& sighted, BestSights* best) {
  if (sighted.weight <= best->back().weight) return;
  size_t i = best->size() - 1;
  for (; i > 0 && (*best)[i - 1].weight < sighted.weight; --i) (*best)[i] = (*best)[i - 1];
  (*best)[i] = sighted;
}

// Between pixel centers; none where the photo is transparent.
std::optional<Rgb8> SampledAt(const ImageF& photo, const Vec2& px) {
  const double u = px.x() - 0.5, v = px.y() - 0.5;
  const int x0 = std::clamp(int(std::floor(u)), 0, photo.width - 1), x1 = std::min(x0 + 1, photo.width - 1);
  const int y0 = std::clamp(int(std::floor(v)), 0, photo.height - 1), y1 = std::min(y0 + 1, photo.height - 1);
  const float fx = float(std::clamp(u - x0, 0.0, 1.0)), fy = float(std::clamp(v - y0, 0.0, 1.0));
  const auto at = [&](int c) {
    return (1 - fy) * ((1 - fx) * photo.At(x0, y0, c) + fx * photo.At(x1, y0, c)) +
           fy * ((1 - fx) * photo.At(x0, y1, c) + fx * photo.At(x1, y1, c));
  };
  if (photo.channels == 4 && at(3) < kOpaquePhoto) return std::nullopt;
  Rgb8 color;
  for (int c = 0; c < 3; ++c) color[size_t(c)] = uint8_t(std::lround(255 * std::clamp(at(c), 0.0f, 1.0f)));
  return color;
}

// The photo as large as its pixels are of use, and the camera of it.
struct ReadPhotoForColors {
  ImageF image;
  Camera camera;
  ImageU8 ignored;  // people and tripods: empty when the photo has none
};
ReadPhotoForColors ReadForColors(const SurfaceView& view, const scene::View& of_scene, const Vec3& middle,
                                 double spacing) {
  const Camera& full = of_scene.camera;
  const double pixel = std::max(full.ZDepth(middle), 1e-300) / std::max(full.fx, full.fy);  // on the subject
  const double scale = std::clamp(kSharper * pixel / spacing, double(view.coarse_camera.width) / full.width, 1.0);
  const int width = std::max(1, int(std::lround(scale * full.width)));
  const int height = std::max(1, int(std::lround(scale * full.height)));
  return {scene::LoadViewImage(of_scene, width, height), full.Resized(width, height),
          scene::LoadIgnoredPixels(of_scene, width, height)};
}

Vec3f ColorOf(const Sighted& sighted) { return Vec3f(sighted.color[0], sighted.color[1], sighted.color[2]) / 255; }

// Of each channel the median.
Vec3f MiddleColor(const BestSights& best) {
  const auto count =
      std::find_if(best.begin(), best.end(), [](const Sighted& s) { return s.weight <= 0; }) - best.begin();
  Vec3f middle;
  for (size_t c = 0; c < 3; ++c) {
    std::array<uint8_t, kBest> values;
    for (std::ptrdiff_t i = 0; i < count; ++i) values[size_t(i)] = best[size_t(i)].color[c];
    std::nth_element(values.begin(), values.begin() + count / 2, values.begin() + count);
    middle[int(c)] = float(values[size_t(count / 2)]) / 255;
  }
  return middle;
}

Rgb8 Blended(const BestSights& best) {
  std::array<float, kPhotosPerPlace> weights;
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = best[i].weight - best.back().weight;
  // One photo, or several that are equally good, of which the last one is left out.
  if (weights[0] <= 0)
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = best[i].weight;
  // From the middle of all of them on, whatever their weights: the nearest photo may be the odd one.
  Vec3f mean = MiddleColor(best);
  for (int round = 0; round < kColorRounds; ++round) {
    Vec3f sum = Vec3f::Zero();
    float total = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
      const Vec3f color = ColorOf(best[i]);
      const float weight = weights[i] / (1 + (color - mean).squaredNorm() / (kSameColor * kSameColor));
      sum += weight * color;
      total += weight;
    }
    mean = sum / total;
  }
  Rgb8 color;
  for (int c = 0; c < 3; ++c) color[size_t(c)] = uint8_t(std::lround(255 * std::clamp(mean[c], 0.0f, 1.0f)));
  return color;
}

}  // namespace

double BytesPerPlace() { return sizeof(BestSights) + 2 * sizeof(Vec3f) + sizeof(Rgb8) + 1; }

PhotoColors ColorsFromPhotos(const SurfacePoints& points, const std::vector<SurfaceView>& views,
                             const scene::Scene& scene, double tolerance, double spacing, const Job& job) {
  const ThreadLimit threads(job.num_threads());
  const int64_t count = int64_t(points.positions.size());
  std::vector<BestSights> best(points.positions.size());
  Task task(job, "colors", int64_t(views.size()), "photos");
  for (size_t v = 0; v < views.size(); ++v) {
    job.ThrowIfStopped("the colors");
    const SurfaceView& view = views[v];
    const ReadPhotoForColors photo = ReadForColors(view, scene.views[size_t(view.view_idx)], points.origin, spacing);
    ParallelFor(count, [&](int64_t i) {
      const Vec3 p = points.origin + points.positions[size_t(i)].cast<double>();
      const Vec3 to_camera = photo.camera.center() - p;
      const double distance = to_camera.norm();
      const float cosine = float(points.normals[size_t(i)].cast<double>().dot(to_camera) / distance);
      if (!(cosine > kSlantedMost) || !ShowsPoint(view, p, tolerance)) return;
      const std::optional<Vec2> px = photo.camera.Project(p);
      if (!px || !photo.camera.Contains(*px)) return;
      if (!photo.ignored.empty() && photo.ignored.At(int(px->x()), int(px->y())) != 0) return;
      const std::optional<Rgb8> color = SampledAt(photo.image, *px);
      if (!color) return;
      const float pixels_on_it = cosine * float(photo.camera.fx / distance * spacing);
      Insert({pixels_on_it * pixels_on_it, *color}, &best[size_t(i)]);
    });
    task.Update(int64_t(v) + 1);
  }
  task.Finish();

  PhotoColors result;
  result.colors.resize(points.positions.size(), Rgb8{});
  result.is_known.resize(points.positions.size(), 0);
  ParallelFor(count, [&](int64_t i) {
    if (best[size_t(i)][0].weight <= 0) return;
    result.is_known[size_t(i)] = 1;
    result.colors[size_t(i)] = Blended(best[size_t(i)]);
  });
  return result;
}

}  // namespace sanerf::exports
