#include "sanerf/export/splat_raster.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/kernels/isa.h"

namespace sanerf::exports {

using kernels::kSplatGradients;
using kernels::kSplatPixels;
using kernels::kSplatTile;
using kernels::ScreenSplat;
using kernels::SplatTile;

namespace {

constexpr int64_t kSplatsAtOnce = 512;
constexpr float kReachSlack = 1e-3f;  // pixels, for rounding at the border of a Gaussian
constexpr float kThinnest = 1e-6f;    // determinant of a covariance, of the product of its variances
constexpr int kRadixBits = 11;

// Towards the mean from the eye, and how far that is.
float DirectionTo(const SplatShape<float>& shape, const SplatCamera<float>& camera, float direction[3]) {
  float square = 0;
  for (int a = 0; a < 3; ++a) {
    direction[a] = shape.position[a] - camera.eye[a];
    square += direction[a] * direction[a];
  }
  const float length = std::sqrt(square);
  for (int a = 0; a < 3; ++a) direction[a] /= length;
  return length;
}

// The part of a tile that lies in the picture: use(pixel of the picture, pixel of the tile).
template <class Use>
void ForPixelsOf(const SplatTile& tile, int width, int height, const Use& use) {
  const int rows = std::min(kSplatTile, height - tile.y0), columns = std::min(kSplatTile, width - tile.x0);
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < columns; ++x)
      use(size_t(tile.y0 + y) * size_t(width) + size_t(tile.x0 + x), size_t(y * kSplatTile + x));
}

}  // namespace

void SplatRaster::Project(const SplatParameters& splats) {
  const size_t count = size_t(splats.size());
  screen_.resize(count);
  depth_.resize(count);
  tiles_.resize(count);
  ParallelForChunks(int64_t(count), kSplatsAtOnce, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const size_t i = size_t(n);
      tiles_[i] = {};
      const SplatShape<float> shape = splats.Shape(n);
      SplatInCamera<float> placed;
      if (!PlaceSplat(camera_, shape, &placed)) continue;
      const ProjectedSplat<float> p = ProjectPlaced(camera_, shape, placed);
      if (!(p.opacity > kernels::kSplatMinAlpha)) continue;
      // So close to the camera, or so long, that its covariance is no longer one in single precision.
      if (!(p.a > 0 && p.c > 0 && p.b * p.b < (1 - kThinnest) * p.a * p.c)) continue;
      // alpha reaches 1/255 on the ellipse whose square is this; its box is as wide as that many deviations.
      const float square = 2 * std::log(p.opacity / kernels::kSplatMinAlpha);
      ScreenSplat& s = screen_[i];
      s = {p.x,
           p.y,
           p.a,
           p.b,
           p.c,
           p.opacity,
           {},
           std::sqrt(square * p.xx) + kReachSlack,
           std::sqrt(square * p.yy) + kReachSlack};
      const auto tile_at = [](float px, int most) {
        return int(std::clamp(px / float(kSplatTile), 0.0f, float(most)));
      };
      if (!(s.x + s.reach_x > 0 && s.y + s.reach_y > 0 && s.x - s.reach_x < float(camera_.width) &&
            s.y - s.reach_y < float(camera_.height)))
        continue;
      tiles_[i] = {tile_at(s.x - s.reach_x, tiles_x_ - 1), tile_at(s.y - s.reach_y, tiles_y_ - 1),
                   tile_at(s.x + s.reach_x, tiles_x_ - 1) + 1, tile_at(s.y + s.reach_y, tiles_y_ - 1) + 1};
      depth_[i] = p.depth;
      float direction[3];
      DirectionTo(shape, camera_, direction);
      HarmonicColor(splats.color_degree, direction, splats.ColorOf(n).data(), s.rgb);
    }
  });
}

// Positive floats are in the order of their bits. Stable: what is equally deep keeps its order.
void SplatRaster::SortByDepth() {
  by_depth_.clear();
  for (size_t i = 0; i < tiles_.size(); ++i)
    if (tiles_[i].count() > 0) by_depth_.push_back(int32_t(i));
  scratch_.resize(by_depth_.size());
  constexpr uint32_t kBuckets = 1u << kRadixBits;
  for (int shift = 0; shift < 32; shift += kRadixBits) {
    const auto bucket = [&](int32_t i) {
      return (std::bit_cast<uint32_t>(depth_[size_t(i)]) >> shift) & (kBuckets - 1);
    };
    std::vector<size_t> next(kBuckets + 1, 0);
    for (const int32_t i : by_depth_) ++next[bucket(i) + 1];
    for (size_t b = 0; b < kBuckets; ++b) next[b + 1] += next[b];
    for (const int32_t i : by_depth_) scratch_[next[bucket(i)]++] = i;
    by_depth_.swap(scratch_);
  }
}

void SplatRaster::FillTiles() {
  const size_t num_tiles = size_t(tiles_x_) * size_t(tiles_y_);
  first_pair_.resize(tiles_.size() + 1);
  first_pair_[0] = 0;
  for (size_t i = 0; i < tiles_.size(); ++i) first_pair_[i + 1] = first_pair_[i] + tiles_[i].count();
  first_of_tile_.assign(num_tiles + 1, 0);
  for (const int32_t i : by_depth_)
    for (int y = tiles_[size_t(i)].y0; y < tiles_[size_t(i)].y1; ++y)
      for (int x = tiles_[size_t(i)].x0; x < tiles_[size_t(i)].x1; ++x) ++first_of_tile_[size_t(y * tiles_x_ + x) + 1];
  for (size_t t = 0; t < num_tiles; ++t) first_of_tile_[t + 1] += first_of_tile_[t];
  order_.resize(size_t(first_pair_.back()));
  pair_.resize(order_.size());
  std::vector<int64_t> next(first_of_tile_.begin(), first_of_tile_.end() - 1);
  for (const int32_t i : by_depth_) {
    const Tiles& tiles = tiles_[size_t(i)];
    size_t own = size_t(first_pair_[size_t(i)]);
    for (int y = tiles.y0; y < tiles.y1; ++y)
      for (int x = tiles.x0; x < tiles.x1; ++x, ++own) {
        const int64_t place = next[size_t(y * tiles_x_ + x)]++;
        order_[size_t(place)] = i;
        pair_[own] = int32_t(place);
      }
  }
}

SplatTile SplatRaster::TileAt(size_t tile) const {
  const int64_t first = first_of_tile_[tile];
  return {int(tile) % tiles_x_ * kSplatTile, int(tile) / tiles_x_ * kSplatTile, screen_.data(), order_.data() + first,
          int(first_of_tile_[tile + 1] - first)};
}

const PlanarImage& SplatRaster::Draw(const SplatParameters& splats, const SplatCamera<float>& camera,
                                     const std::array<float, 3>& background) {
  SANERF_CHECK(camera.width > 0 && camera.height > 0);
  camera_ = camera;
  background_ = background;
  tiles_x_ = (camera.width + kSplatTile - 1) / kSplatTile;
  tiles_y_ = (camera.height + kSplatTile - 1) / kSplatTile;
  if (picture_.width != camera.width || picture_.height != camera.height)
    picture_ = PlanarImage(camera.width, camera.height);
  Project(splats);
  SortByDepth();
  FillTiles();
  const size_t num_tiles = size_t(tiles_x_) * size_t(tiles_y_), plane = picture_.num_pixels();
  num_blended_.resize(num_tiles);
  ParallelFor(int64_t(num_tiles), [&](int64_t t) {
    const SplatTile tile = TileAt(size_t(t));
    float rgb[3 * kSplatPixels] = {}, light[kSplatPixels] = {};
    ForPixelsOf(tile, camera.width, camera.height, [&](size_t, size_t in_tile) { light[in_tile] = 1; });
    num_blended_[size_t(t)] = kernels::Kernels().splat_blend(tile, rgb, light);
    ForPixelsOf(tile, camera.width, camera.height, [&](size_t px, size_t in_tile) {
      for (size_t c = 0; c < 3; ++c)
        picture_.rgb[c * plane + px] = rgb[c * kSplatPixels + in_tile] + light[in_tile] * background[c];
    });
  });
  return picture_;
}

void SplatRaster::Backward(const SplatParameters& splats, const PlanarImage& grad, SplatParameters* gradient,
                           SplatTraces* traces) {
  SANERF_CHECK(size_t(splats.size()) == tiles_.size() && grad.rgb.size() == picture_.rgb.size());
  const size_t plane = picture_.num_pixels();
  grads_.resize(order_.size() * size_t(kSplatGradients));
  ParallelFor(int64_t(num_blended_.size()), [&](int64_t t) {
    SplatTile tile = TileAt(size_t(t));
    float* grads = grads_.data() + first_of_tile_[size_t(t)] * kSplatGradients;
    const int blended = num_blended_[size_t(t)];
    std::fill(grads + int64_t(blended) * kSplatGradients, grads + int64_t(tile.count) * kSplatGradients, 0.0f);
    tile.count = blended;
    float grad_rgb[3 * kSplatPixels] = {}, rest[kSplatPixels] = {}, light[kSplatPixels] = {};
    ForPixelsOf(tile, picture_.width, picture_.height, [&](size_t px, size_t in_tile) {
      light[in_tile] = 1;
      for (size_t c = 0; c < 3; ++c) {
        const float g = grad.rgb[c * plane + px];
        grad_rgb[c * kSplatPixels + in_tile] = g;
        rest[in_tile] += g * picture_.rgb[c * plane + px];
      }
    });
    kernels::Kernels().splat_blend_backward(tile, grad_rgb, rest, light, grads);
  });
  ParallelForChunks(splats.size(), kSplatsAtOnce, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      if (tiles_[size_t(i)].count() > 0) PullBack(splats, i, gradient, traces);
  });
}

// From the picture to the parameters of Gaussian n; its tiles are added in their order.
void SplatRaster::PullBack(const SplatParameters& splats, int64_t n, SplatParameters* gradient,
                           SplatTraces* traces) const {
  const size_t i = size_t(n);
  float sums[kSplatGradients] = {};
  for (int64_t pair = first_pair_[i]; pair < first_pair_[i + 1]; ++pair) {
    const float* of_pair = &grads_[size_t(pair_[size_t(pair)]) * kSplatGradients];
    for (int k = 0; k < kSplatGradients; ++k) sums[k] += of_pair[k];
  }
  if (std::all_of(sums, sums + kSplatGradients, [](float sum) { return sum == 0; })) return;
  const SplatShape<float> shape = splats.Shape(n);
  SplatInCamera<float> placed;
  PlaceSplat(camera_, shape, &placed);
  const ProjectedSplat<float> projected = ProjectPlaced(camera_, shape, placed);
  const ProjectedSplat<float> of_projected = {sums[kernels::kGradX],
                                              sums[kernels::kGradY],
                                              sums[kernels::kGradA],
                                              sums[kernels::kGradB],
                                              sums[kernels::kGradC],
                                              sums[kernels::kGradOpacity],
                                              0,
                                              0,
                                              0};
  SplatShape<float> of_shape{};
  ProjectBackward(camera_, shape, placed, projected, of_projected, &of_shape);

  float direction[3], of_direction[3] = {};
  const float distance = DirectionTo(shape, camera_, direction);
  SplatParameters::Coefficients of_color{};
  HarmonicColorBackward(splats.color_degree, direction, splats.ColorOf(n).data(), screen_[i].rgb,
                        sums + kernels::kGradRgb, of_color.data(), of_direction);
  float along = 0;  // a direction changes only across itself
  for (int a = 0; a < 3; ++a) along += direction[a] * of_direction[a];
  for (int a = 0; a < 3; ++a) of_shape.position[a] += (of_direction[a] - along * direction[a]) / distance;

  const auto add = [&](const float* from, size_t width, std::vector<float>* to) {
    for (size_t k = 0; k < width; ++k) (*to)[i * width + k] += from[k];
  };
  add(of_shape.position, 3, &gradient->positions);
  add(of_shape.log_scale, 3, &gradient->log_scales);
  add(of_shape.rotation, 4, &gradient->rotations);
  add(&of_shape.logit, 1, &gradient->logits);
  add(of_color.data(), 3, &gradient->colors);
  add(of_color.data() + 3, size_t(3 * splats.num_details()), &gradient->details);
  if (traces == nullptr) return;
  traces->moves[i] += std::hypot(sums[kernels::kGradX] * 0.5f * float(camera_.width),
                                 sums[kernels::kGradY] * 0.5f * float(camera_.height));
  ++traces->seen[i];
  traces->largest[i] = std::max(traces->largest[i], std::sqrt(std::max(projected.xx, projected.yy)));
}

}  // namespace sanerf::exports
