#include "sanerf/export/fill_unseen.h"

#include <cmath>

#include "sanerf/core/parallel.h"
#include "sanerf/export/isosurface.h"

namespace sanerf::exports {
namespace {

constexpr double kFar = 8;  // of a triangle's size: from there on it is as good as a point with its area and normal

// What a triangle adds to 4 pi times the winding number.
double SolidAngle(const std::array<Vec3, 3>& triangle, const Vec3& p) {
  const Vec3 a = triangle[0] - p, b = triangle[1] - p, c = triangle[2] - p;
  const double la = a.norm(), lb = b.norm(), lc = c.norm();
  const double volume = a.dot(b.cross(c));
  return 2 * std::atan2(volume, la * lb * lc + a.dot(b) * lc + b.dot(c) * la + c.dot(a) * lb);
}

struct SeenTriangle {
  std::array<Vec3, 3> corners;
  Vec3 center, area;   // outwards, as long as the triangle is large
  double far_squared;
};

double FastWindingNumber(const std::vector<SeenTriangle>& triangles, const Vec3& p) {
  double sum = 0;
  for (const SeenTriangle& triangle : triangles) {
    const Vec3 to = triangle.center - p;
    const double squared = to.squaredNorm();
    sum += squared > triangle.far_squared ? triangle.area.dot(to) / (squared * std::sqrt(squared))
                                          : SolidAngle(triangle.corners, p);
  }
  return sum / (4 * M_PI);
}

}  // namespace

double WindingNumber(const std::vector<std::array<Vec3, 3>>& triangles, const Vec3& p) {
  double sum = 0;
  for (const std::array<Vec3, 3>& triangle : triangles) sum += SolidAngle(triangle, p);
  return sum / (4 * M_PI);
}

void FillUnseen(SignedGrid* grid, const Job& job) {
  std::vector<SeenTriangle> triangles;
  const Surface seen = Isosurface(*grid, Cells::kKnown);
  triangles.reserve(seen.faces.size());
  for (const Face& face : seen.faces) {
    SeenTriangle triangle;
    for (size_t i = 0; i < 3; ++i) triangle.corners[i] = seen.positions[face[i]];
    const auto& [a, b, c] = triangle.corners;
    triangle.center = (a + b + c) / 3;
    triangle.area = 0.5 * (b - a).cross(c - a);
    double size_squared = 0;
    for (const Vec3& corner : triangle.corners)
      size_squared = std::max(size_squared, (corner - triangle.center).squaredNorm());
    triangle.far_squared = kFar * kFar * size_squared;
    triangles.push_back(triangle);
  }
  const GridPlace& place = grid->place;
  ParallelFor(int64_t{place.size[1]} * place.size[2], [&](int64_t row) {
    job.ThrowIfStopped("the mesh");
    const int y = int(row % place.size[1]), z = int(row / place.size[1]);
    for (int x = 0; x < place.size[0]; ++x) {
      float& value = grid->values[place.Index(x, y, z)];
      if (value == kUnseen) value = float(1 - 2 * FastWindingNumber(triangles, place.At(x, y, z)));
    }
  });
}

}  // namespace sanerf::exports
