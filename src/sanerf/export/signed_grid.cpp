#include "sanerf/export/signed_grid.h"

#include <algorithm>
#include <cmath>

namespace sanerf::exports {
namespace {

constexpr double kGridMargin = 0.06;  // of the longest side, on every side

}  // namespace

GridPlace PlaceGrid(const Box& box, int resolution) {
  const Vec3 side = box.max - box.min;
  // A subject that is a point to all views still gets a grid around it.
  const double longest = std::max({side.maxCoeff(), 1e-9 * box.max.cwiseAbs().maxCoeff(), 1e-12});
  GridPlace place;
  place.spacing = longest / resolution;
  // Room for the band beside the surface and for the outermost corners.
  const double margin = std::max(kGridMargin * longest, (kBand + 2) * place.spacing);
  Vec3 corner;
  for (int a = 0; a < 3; ++a) {
    const int blocks = std::max(2, int(std::ceil((side[a] + 2 * margin) / (kBlockCells * place.spacing))));
    place.size[size_t(a)] = kBlockCells * blocks + 1;
    corner[a] = 0.5 * (box.min[a] + box.max[a]) - 0.5 * kBlockCells * blocks * place.spacing;
  }
  place.origin = corner;
  return place;
}

}  // namespace sanerf::exports
