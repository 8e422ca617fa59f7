// The visual hull of a cut-out object: grid cells that no view sees as empty, coarse first, then finer inside.
#include "sanerf/scene/alpha_hull.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/scene/photo_pixels.h"

namespace sanerf::scene {
namespace {

constexpr int kMaxViews = 24;
constexpr int kGrid = 64;
constexpr uint8_t kOpaque = 8;  // of 255: soft edges belong to the object

// Counts of covered pixels in any rectangle of one view, from a summed-area table.
class Silhouette {
 public:
  Silhouette(const Camera& camera, const ImageU8& image)
      : camera_(camera), sums_(camera.width + 1, camera.height + 1, 1) {
    const int alpha = image.channels - 1;
    for (int y = 0; y < image.height; ++y) {
      int64_t row = 0;
      for (int x = 0; x < image.width; ++x) {
        row += image.At(x, y, alpha) > kOpaque;
        sums_.At(x + 1, y + 1) = sums_.At(x + 1, y) + row;
      }
    }
  }

  bool IsEmpty() const { return sums_.At(camera_.width, camera_.height) == 0; }
  bool IsFull() const { return sums_.At(camera_.width, camera_.height) > 0.98 * camera_.width * camera_.height; }
  const Camera& camera() const { return camera_; }

  enum class Verdict { kOutside, kEmpty, kCovered };
  // A ball of file-frame radius r around p: outside the picture, on nothing, or touching the object.
  Verdict Classify(const Vec3& p, double r) const {
    const double depth = camera_.ZDepth(p);
    const auto px = camera_.Project(p);
    if (depth <= r || !px || !camera_.Contains(*px)) return Verdict::kOutside;
    const double radius = std::max(camera_.fx, camera_.fy) * r / (depth - r) * 1.3 + 1;
    const int x0 = std::max(0, int(px->x() - radius)), x1 = std::min(camera_.width, int(px->x() + radius) + 1);
    const int y0 = std::max(0, int(px->y() - radius)), y1 = std::min(camera_.height, int(px->y() + radius) + 1);
    const int64_t covered = sums_.At(x1, y1) - sums_.At(x0, y1) - sums_.At(x1, y0) + sums_.At(x0, y0);
    return covered > 0 ? Verdict::kCovered : Verdict::kEmpty;
  }

 private:
  Camera camera_;
  Image<int64_t> sums_;
};

std::vector<Silhouette> LoadSilhouettes(const SceneListing& listing, const Job& job) {
  std::vector<const View*> chosen;
  std::vector<const View*> train;
  for (const ListedView& listed : listing.views) {
    if (!listed.view.is_test && HasAlpha(listed.image.channels)) train.push_back(&listed.view);
  }
  const size_t count = std::min<size_t>(kMaxViews, train.size());
  for (size_t i = 0; i < count; ++i) chosen.push_back(train[i * train.size() / count]);
  std::vector<std::optional<Silhouette>> loaded(count);
  ParallelFor(int64_t(count), [&](int64_t i) {
    job.ThrowIfStopped("reading the photos");
    const ImageU8 image = ReadPhoto(chosen[i]->image_path, chosen[i]->orientation);
    loaded[i].emplace(chosen[i]->camera, image);
  });
  std::vector<Silhouette> silhouettes;
  for (auto& silhouette : loaded) silhouettes.push_back(std::move(*silhouette));
  return silhouettes;
}

bool SurvivesCarving(const std::vector<Silhouette>& silhouettes, const Vec3& p_file, double radius_file) {
  size_t seen = 0;
  for (const Silhouette& silhouette : silhouettes) {
    const auto verdict = silhouette.Classify(p_file, radius_file);
    if (verdict == Silhouette::Verdict::kEmpty) return false;
    seen += verdict == Silhouette::Verdict::kCovered;
  }
  return 3 * seen >= silhouettes.size();  // what few views have in the picture says nothing
}

struct Carved {
  Box box;
  double nearest = 1e300;
  bool empty = true;
};

Carved Carve(const std::vector<Silhouette>& silhouettes, const Box& region, const Similarity& file_from_world,
             const Job& job) {
  const Vec3 cell = (region.max - region.min) / kGrid;
  const double radius = 0.5 * cell.norm();
  std::vector<Carved> slices(kGrid);
  ParallelFor(kGrid, [&](int64_t z) {
    job.ThrowIfStopped("looking for the object in the photos' alpha");
    Carved& slice = slices[z];
    for (int y = 0; y < kGrid; ++y) {
      for (int x = 0; x < kGrid; ++x) {
        const Vec3 p = region.min + cell.cwiseProduct(Vec3(x + 0.5, y + 0.5, double(z) + 0.5));
        const Vec3 p_file = file_from_world * p;
        if (!SurvivesCarving(silhouettes, p_file, file_from_world.scale * radius)) continue;
        const Vec3 low = p - 0.5 * cell, high = p + 0.5 * cell;
        slice.box = slice.empty ? Box{low, high} : Box{slice.box.min.cwiseMin(low), slice.box.max.cwiseMax(high)};
        slice.empty = false;
        for (const Silhouette& s : silhouettes) {
          slice.nearest = std::min(slice.nearest, s.camera().ZDepth(p_file) - file_from_world.scale * radius);
        }
      }
    }
  });
  Carved all;
  for (const Carved& slice : slices) {
    if (slice.empty) continue;
    all.box = all.empty ? slice.box : Box{all.box.min.cwiseMin(slice.box.min), all.box.max.cwiseMax(slice.box.max)};
    all.nearest = std::min(all.nearest, slice.nearest);
    all.empty = false;
  }
  return all;
}

}  // namespace

std::optional<AlphaHull> CarveAlphaHull(const SceneListing& listing, const Similarity& world_from_file,
                                        const Vec3& center, double radius, const Job& job) {
  const std::vector<Silhouette> silhouettes = LoadSilhouettes(listing, job);
  const auto tells = [](const Silhouette& s) { return !s.IsEmpty() && !s.IsFull(); };
  if (silhouettes.size() < 3 ||
      std::count_if(silhouettes.begin(), silhouettes.end(), tells) * 2 < int64_t(silhouettes.size())) {
    return std::nullopt;
  }
  const Similarity file_from_world = world_from_file.Inverse();
  Box region{center - Vec3::Constant(radius), center + Vec3::Constant(radius)};
  Carved carved;
  for (int level = 0; level < 2; ++level) {
    carved = Carve(silhouettes, region, file_from_world, job);
    if (carved.empty) return std::nullopt;
    region = carved.box;
  }
  return AlphaHull{carved.box, world_from_file.scale * carved.nearest};
}

}  // namespace sanerf::scene
