#include "sanerf/export/texture_atlas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"

namespace sanerf::exports {
namespace {

constexpr float kChartCosine = 0.574f;  // 55 degrees
constexpr double kFirstFill = 0.7;      // of the texture that charts may take at first
constexpr double kShrink = 0.94;        // of the scale, until they fit
constexpr int kMostScales = 60;
constexpr float kStrictlyInside = 1e-5f;  // share of a corner

struct Chart {
  Vec3f right, down;  // directions of the texture's axes
  std::vector<uint32_t> faces;
  std::vector<std::array<Vec2f, 3>> corners;  // of each of them, pixels from the chart's own top left
  int width = 0, height = 0, x = 0, y = 0;
};

// use(x, y) for every pixel whose center is inside, until one returns false; returns whether none did.
template <class F>
bool ForEachPixelInside(const std::array<Vec2f, 3>& corners, const F& use) {
  const Vec2f low = corners[0].cwiseMin(corners[1]).cwiseMin(corners[2]);
  const Vec2f high = corners[0].cwiseMax(corners[1]).cwiseMax(corners[2]);
  for (int y = int(std::floor(low.y())); y <= int(std::floor(high.y())); ++y)
    for (int x = int(std::floor(low.x())); x <= int(std::floor(high.x())); ++x) {
      const std::array<float, 3> shares = CornerShares(corners, Vec2f(float(x) + 0.5f, float(y) + 0.5f));
      if (std::min({shares[0], shares[1], shares[2]}) > kStrictlyInside && !use(x, y)) return false;
    }
  return true;
}

class AtlasMaker {
 public:
  AtlasMaker(const std::vector<Vec3>& positions, const std::vector<Face>& faces, int size)
      : faces_(faces), size_(size), normals_(FaceNormals(positions, faces)) {
    const Box box = BoundsOf(positions);
    const Vec3 middle = 0.5 * (box.min + box.max);
    for (const Vec3& p : positions) positions_.push_back((p - middle).cast<float>());
    for (Vec3f& normal : normals_) {
      const float length = normal.norm();
      area_ += 0.5 * double(length);
      normal = length > 0 ? Vec3f(normal / length) : Vec3f::Zero();
    }
    FindNeighbors();
  }

  TextureAtlas Make(const Job& job) {
    SANERF_CHECK_GT(area_, 0);
    double scale = std::sqrt(kFirstFill * size_ * size_ / area_);
    for (int round = 0; round < kMostScales; ++round, scale *= kShrink) {
      job.ThrowIfStopped("the texture");
      charts_.clear();
      if (Grow(float(scale)) && Pack()) return Draw(scale);
    }
    throw Error(
        fmt::format("a texture of {0}x{0} pixels has no room for the mesh", size_),
        fmt::format("its surface has {}", Counted(int64_t(charts_.size()), "separate patch", "separate patches")),
        "make it larger, --set mesh.texture=4096, or the mesh simpler, --faces 10000");
  }

 private:
  void FindNeighbors() {
    neighbors_.resize(faces_.size());
    std::unordered_map<uint64_t, uint32_t> face_along;
    face_along.reserve(3 * faces_.size());
    for (uint32_t f = 0; f < faces_.size(); ++f)
      for (size_t i = 0; i < 3; ++i) face_along[uint64_t{faces_[f][i]} << 32 | faces_[f][(i + 1) % 3]] = f;
    for (uint32_t f = 0; f < faces_.size(); ++f)
      for (size_t i = 0; i < 3; ++i) {
        const auto other = face_along.find(uint64_t{faces_[f][(i + 1) % 3]} << 32 | faces_[f][i]);
        neighbors_[f][i] = other != face_along.end() ? other->second : f;
      }
  }

  // Returns whether all charts fit into the texture by themselves.
  bool Grow(float scale) {
    std::vector<bool> is_taken(faces_.size(), false);
    for (uint32_t seed = 0; seed < faces_.size(); ++seed) {
      if (is_taken[seed]) continue;
      Chart chart;
      const Vec3f axis = normals_[seed].squaredNorm() > 0 ? normals_[seed] : Vec3f::UnitZ();
      chart.right = axis.unitOrthogonal();
      chart.down = axis.cross(chart.right);
      if (!GrowFrom(seed, axis, scale, &chart, &is_taken)) return false;
      charts_.push_back(std::move(chart));
    }
    return true;
  }

  bool GrowFrom(uint32_t seed, const Vec3f& axis, float scale, Chart* chart, std::vector<bool>* is_taken) {
    std::unordered_set<uint64_t> covered;
    std::vector<uint64_t> by_face;
    Vec2f low, high;
    std::deque<uint32_t> next{seed};
    while (!next.empty()) {
      const uint32_t f = next.front();
      next.pop_front();
      if ((*is_taken)[f] || (f != seed && normals_[f].dot(axis) < kChartCosine)) continue;
      std::array<Vec2f, 3> corners;
      for (size_t i = 0; i < 3; ++i) {
        const Vec3f& p = positions_[faces_[f][i]];
        corners[i] = scale * Vec2f(p.dot(chart->right), p.dot(chart->down));
      }
      Vec2f wider_low = corners[0].cwiseMin(corners[1]).cwiseMin(corners[2]);
      Vec2f wider_high = corners[0].cwiseMax(corners[1]).cwiseMax(corners[2]);
      if (f != seed) {
        wider_low = wider_low.cwiseMin(low);
        wider_high = wider_high.cwiseMax(high);
      }
      if ((wider_high - wider_low).maxCoeff() > float(size_ - 2 * kAtlasPadding - 2)) {
        if (f == seed) return false;
        continue;
      }
      by_face.clear();
      const bool is_free = ForEachPixelInside(corners, [&](int x, int y) {
        by_face.push_back(uint64_t(uint32_t(x)) << 32 | uint32_t(y));
        return !covered.contains(by_face.back());
      });
      if (!is_free) continue;
      covered.insert(by_face.begin(), by_face.end());
      low = wider_low, high = wider_high;
      (*is_taken)[f] = true;
      chart->faces.push_back(f);
      chart->corners.push_back(corners);
      for (const uint32_t other : neighbors_[f])
        if (!(*is_taken)[other]) next.push_back(other);
    }
    // Moved by whole pixels: what a pixel's center is in stays the same.
    const Vec2f corner(std::floor(low.x()), std::floor(low.y()));
    for (std::array<Vec2f, 3>& corners : chart->corners)
      for (Vec2f& c : corners) c -= corner;
    chart->width = int(std::floor(high.x() - corner.x())) + 1;
    chart->height = int(std::floor(high.y() - corner.y())) + 1;
    return true;
  }

  // On shelves, high charts first.
  bool Pack() {
    std::vector<size_t> order(charts_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return charts_[a].height > charts_[b].height; });
    int x = 0, y = 0, shelf = 0;
    for (const size_t i : order) {
      Chart& chart = charts_[i];
      const int width = chart.width + 2 * kAtlasPadding, height = chart.height + 2 * kAtlasPadding;
      if (x + width > size_) x = 0, y += shelf, shelf = 0;
      shelf = std::max(shelf, height);
      if (width > size_ || y + height > size_) return false;
      chart.x = x + kAtlasPadding, chart.y = y + kAtlasPadding;
      x += width;
    }
    return true;
  }

  TextureAtlas Draw(double scale) const {
    TextureAtlas atlas;
    atlas.size = size_;
    atlas.spacing = 1 / scale;
    atlas.corners.resize(faces_.size());
    atlas.face_at.assign(size_t(size_) * size_t(size_), -1);
    for (const Chart& chart : charts_)
      for (size_t i = 0; i < chart.faces.size(); ++i) {
        ForEachPixelInside(chart.corners[i], [&](int x, int y) {
          atlas.face_at[size_t(y + chart.y) * size_t(size_) + size_t(x + chart.x)] = int32_t(chart.faces[i]);
          return true;
        });
        for (size_t k = 0; k < 3; ++k)
          atlas.corners[chart.faces[i]][k] = chart.corners[i][k] + Vec2f(float(chart.x), float(chart.y));
      }
    return atlas;
  }

  const std::vector<Face>& faces_;
  const int size_;
  std::vector<Vec3f> normals_, positions_;
  double area_ = 0;
  std::vector<std::array<uint32_t, 3>> neighbors_;
  std::vector<Chart> charts_;
};

}  // namespace

std::array<float, 3> CornerShares(const std::array<Vec2f, 3>& corners, const Vec2f& at) {
  const Vec2f u = corners[1] - corners[0], v = corners[2] - corners[0], p = at - corners[0];
  const float determinant = u.x() * v.y() - u.y() * v.x();
  if (determinant == 0) return {1, 0, 0};
  const float b = (p.x() * v.y() - p.y() * v.x()) / determinant, c = (u.x() * p.y() - u.y() * p.x()) / determinant;
  return {1 - b - c, b, c};
}

TextureAtlas MakeAtlas(const std::vector<Vec3>& positions, const std::vector<Face>& faces, int size, const Job& job) {
  return AtlasMaker(positions, faces, size).Make(job);
}

}  // namespace sanerf::exports
