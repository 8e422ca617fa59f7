// For tests: simple meshes and distances to a surface. For tests only.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sanerf/export/isosurface.h"
#include "sanerf/export/triangle_mesh.h"

namespace sanerf::exports {

// Of a ball around the middle of a grid of so many cells along each side, one unit apart. radius: cells.
inline SignedGrid BallGrid(int cells, double radius) {
  SignedGrid grid;
  grid.place.size = {cells + 1, cells + 1, cells + 1};
  grid.values.resize(size_t(grid.place.num_corners()));
  for (int z = 0; z <= cells; ++z)
    for (int y = 0; y <= cells; ++y)
      for (int x = 0; x <= cells; ++x)
        grid.values[grid.place.Index(x, y, z)] = float(
            std::clamp(((grid.place.At(x, y, z) - Vec3::Constant(0.5 * cells)).norm() - radius) / kBand, -1.0, 1.0));
  return grid;
}

inline double VolumeOf(const std::vector<Vec3>& positions, const std::vector<Face>& faces) {
  double six = 0;
  for (const auto& [a, b, c] : faces) six += positions[a].dot(positions[b].cross(positions[c]));
  return six / 6;
}

struct SurfaceError {
  double mean = 0, percentile_95 = 0;
};
// Of the middles of faces and their corners, weighted by areas. distance(p): to the true surface.
template <class F>
SurfaceError ErrorOf(const std::vector<Vec3>& positions, const std::vector<Face>& faces, const F& distance) {
  std::vector<std::pair<double, double>> errors;  // and the area that has it
  double area = 0, sum = 0;
  for (const auto& [a, b, c] : faces) {
    const Vec3 &p = positions[a], &q = positions[b], &r = positions[c];
    const double part = (q - p).cross(r - p).norm() / 8;
    for (const Vec3& at : {Vec3((p + q + r) / 3), p, q, r}) {
      errors.emplace_back(std::abs(distance(at)), part);
      area += part;
      sum += part * errors.back().first;
    }
  }
  std::sort(errors.begin(), errors.end());
  SurfaceError error{sum / area, 0};
  double below = 0;
  for (const auto& [value, part] : errors) {
    error.percentile_95 = value;
    if ((below += part) >= 0.95 * area) break;
  }
  return error;
}

// A unit tetrahedron at a place, with all that writers take: normals, colors, a texture of four pixels.
inline Mesh SmallMesh(const Vec3& at = Vec3::Zero(), bool has_texture = true) {
  Mesh mesh;
  mesh.positions = {at, at + Vec3::UnitX(), at + Vec3::UnitY(), at + Vec3::UnitZ()};
  mesh.faces = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  mesh.normals = VertexNormals(mesh.positions, mesh.faces);
  mesh.colors = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {200, 100, 50}};
  mesh.probabilities = {1.0f, 0.5f, 0.75f, 0.25f};
  mesh.label = 3;
  mesh.name = "mug & <cup>";
  if (!has_texture) return mesh;
  mesh.texture = ImageU8(16, 16, 3, 90);
  for (size_t f = 0; f < 4; ++f)
    mesh.uv.push_back(
        {Vec2f(0.25f * float(f), 0.125f), Vec2f(0.25f * float(f) + 0.2f, 0.125f), Vec2f(0.25f * float(f), 0.75f)});
  return mesh;
}

}  // namespace sanerf::exports
