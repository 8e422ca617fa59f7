#include "sanerf/export/mesh_normals.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "sanerf/nerf/query.h"

namespace sanerf::exports {
namespace {

constexpr size_t kNormalsAtOnce = 1 << 14;
constexpr float kSameSide = 0.5f;     // cosine
constexpr float kNoGradient = 1e-3f;  // change of the absorbed share over the step

}  // namespace

std::vector<Vec3f> DensityNormals(const nerf::NerfModel& nerf, const std::vector<Vec3>& points, double step,
                                  const Job& job) {
  std::vector<Vec3f> normals;
  normals.reserve(points.size());
  std::vector<Vec3> around;
  for (size_t begin = 0; begin < points.size(); begin += kNormalsAtOnce) {
    const size_t end = std::min(points.size(), begin + kNormalsAtOnce);
    around.clear();
    for (size_t i = begin; i < end; ++i)
      for (int axis = 0; axis < 3; ++axis)
        for (const double sign : {-1.0, 1.0}) {
          Vec3 p = points[i];
          p[axis] += sign * step;
          around.push_back(p);
        }
    const nerf::PointValues values = nerf::Query(nerf, around, {}, job);
    const auto absorbed = [&](size_t k) { return 1 - std::exp(-double(values.density[k]) * step); };
    for (size_t i = 0; i < end - begin; ++i) {
      Vec3f gradient;
      for (size_t axis = 0; axis < 3; ++axis)
        gradient[int(axis)] = float(absorbed(6 * i + 2 * axis + 1) - absorbed(6 * i + 2 * axis));
      const float length = gradient.norm();
      normals.push_back(length > kNoGradient ? Vec3f(-gradient / length) : Vec3f::Zero());
    }
  }
  return normals;
}

std::vector<Vec3f> BlendedNormals(const std::vector<Vec3f>& of_field, const std::vector<Vec3f>& of_surface) {
  std::vector<Vec3f> normals(of_surface.size());
  for (size_t i = 0; i < normals.size(); ++i)
    normals[i] =
        of_field[i].dot(of_surface[i]) >= kSameSide ? Vec3f((of_field[i] + of_surface[i]).normalized()) : of_surface[i];
  return normals;
}

}  // namespace sanerf::exports
