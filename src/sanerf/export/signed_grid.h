// What is inside of a surface and what outside, on a grid.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sanerf/core/geometry.h"

namespace sanerf::exports {

inline constexpr int kBlockCells = 4;  // along each side of a block: what is looked at closely or not at all

// Corners of cubic cells, along the axes of the file frame.
struct GridPlace {
  Vec3 origin = Vec3::Zero();
  double spacing = 1;
  std::array<int, 3> size = {0, 0, 0};  // corners along each axis: one more than the cells of whole blocks

  int64_t num_corners() const { return int64_t{size[0]} * size[1] * size[2]; }
  size_t Index(int x, int y, int z) const {
    return (size_t(z) * size_t(size[1]) + size_t(y)) * size_t(size[0]) + size_t(x);
  }
  Vec3 At(double x, double y, double z) const { return origin + spacing * Vec3(x, y, z); }
};
// Around a box with some room on every side, `resolution` cells along its longest side.
GridPlace PlaceGrid(const Box& box, int resolution);

struct SignedGrid {
  GridPlace place;
  std::vector<float> values;  // negative inside; near the surface the distance to it in units of kBand cells, else ±1
};
inline constexpr double kBand = 4;   // cells around the surface in which distances count
inline constexpr float kUnseen = 2;  // a value that is not known yet: no view has a say

}  // namespace sanerf::exports
