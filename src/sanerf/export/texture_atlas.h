// Where the triangles of a mesh are in its texture.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/triangle_mesh.h"

namespace sanerf::exports {

inline constexpr int kAtlasPadding = 3;  // pixels around each chart that belong to no other

struct TextureAtlas {
  int size = 0;        // pixels, square
  double spacing = 0;  // of the surface: file units per pixel, where a triangle faces its chart's direction
  std::vector<std::array<Vec2f, 3>> corners;  // of each face, in pixels from the top left
  // Of each pixel, row by row, the face that its center is in; -1: none.
  std::vector<int32_t> face_at;
};

// Charts are grown over the surface as long as faces look the chart's way (within 55 degrees of its first one) and do
// not cover a pixel that the chart has already, so that no pixel stands for two places; projected along that direction,
// and packed as large as fits. Triangles that are too small for a pixel's center still have their place. Throws Error
// when there are so many charts that they have no room, InterruptedError.
TextureAtlas MakeAtlas(const std::vector<Vec3>& positions, const std::vector<Face>& faces, int size, const Job& job);

// The share of each corner at a point of the texture (pixels); they sum to 1.
std::array<float, 3> CornerShares(const std::array<Vec2f, 3>& corners, const Vec2f& at);

}  // namespace sanerf::exports
