// A picture of 3D Gaussians and the way back of its gradients, on the processor (Kerbl et al. 2023, section 6): they
// are projected, sorted by depth, handed to the tiles of 16 x 16 pixels that they touch, and blended front to back.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sanerf/export/splat_parameters.h"
#include "sanerf/kernels/kernels.h"

namespace sanerf::exports {

// Three planes, row by row, of colors that may exceed [0, 1].
struct PlanarImage {
  PlanarImage() = default;
  PlanarImage(int w, int h) : width(w), height(h), rgb(size_t(3) * size_t(w) * size_t(h)) {}
  size_t num_pixels() const { return size_t(width) * size_t(height); }

  int width = 0, height = 0;
  std::vector<float> rgb;  // [3][height][width]
};

// Of Gaussians in one view: how far the loss would move them across the picture.
struct SplatTraces {
  std::vector<float> moves;    // sum over views of |d loss / d mean|, the mean in half pictures
  std::vector<int32_t> seen;   // views in which it adds to the picture
  std::vector<float> largest;  // its largest standard deviation in any picture, pixels

  void Reset(int64_t count) {
    moves.assign(size_t(count), 0.0f);
    seen.assign(size_t(count), 0);
    largest.assign(size_t(count), 0.0f);
  }
};

// Buffers for one picture after the other. The same bytes for any number of threads.
class SplatRaster {
 public:
  // Also keeps what Backward needs. The result is valid until the next call.
  const PlanarImage& Draw(const SplatParameters& splats, const SplatCamera<float>& camera,
                          const std::array<float, 3>& background);
  // Of the last picture drawn, of the same Gaussians. grad: d loss / d picture. Adds to gradient and, when there are
  // any, to the traces.
  void Backward(const SplatParameters& splats, const PlanarImage& grad, SplatParameters* gradient, SplatTraces* traces);

  int64_t num_pairs() const { return int64_t(order_.size()); }  // of Gaussians and the tiles they touch

 private:
  struct Tiles {
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // x1 and y1 excluded; empty where it cannot be seen
    int count() const { return (x1 - x0) * (y1 - y0); }
  };
  void Project(const SplatParameters& splats);
  void SortByDepth();
  void FillTiles();
  void PullBack(const SplatParameters& splats, int64_t i, SplatParameters* gradient, SplatTraces* traces) const;
  kernels::SplatTile TileAt(size_t tile) const;

  SplatCamera<float> camera_{};
  std::array<float, 3> background_{};
  PlanarImage picture_;
  int tiles_x_ = 0, tiles_y_ = 0;
  // By Gaussian.
  std::vector<kernels::ScreenSplat> screen_;
  std::vector<float> depth_;
  std::vector<Tiles> tiles_;
  std::vector<int64_t> first_pair_;  // of pair_
  std::vector<int32_t> by_depth_, scratch_;
  // By pair, tile after tile.
  std::vector<int64_t> first_of_tile_;
  std::vector<int32_t> order_;
  std::vector<int32_t> num_blended_;  // by tile
  std::vector<float> grads_;          // [pair][kSplatGradients]
  // By pair, Gaussian after Gaussian: its place among those of the tiles.
  std::vector<int32_t> pair_;
};

}  // namespace sanerf::exports
