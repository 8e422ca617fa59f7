#include "sanerf/kernels/march.h"

#include <algorithm>
#include <cmath>

namespace sanerf::kernels {

namespace {

float MaxAbs(const float p[3]) { return std::max({std::fabs(p[0]), std::fabs(p[1]), std::fabs(p[2])}); }

int CascadeOf(const OccupancyView& occupancy, float max_abs) {
  int cascade = 0;
  for (float bound = 1; max_abs >= bound && cascade < occupancy.num_cascades; bound *= 2) ++cascade;
  return cascade;
}

float StepAt(const MarchOptions& options, float t) { return std::max(options.step, options.cone * t); }

}  // namespace

bool FindCell(const OccupancyView& occupancy, const float p[3], int* cascade, int64_t* cell) {
  *cascade = CascadeOf(occupancy, MaxAbs(p));
  if (*cascade >= occupancy.num_cascades) return false;
  const int res = occupancy.resolution;
  const float cells_per_unit = float(res) / float(2 << *cascade);
  int index[3];
  for (int a = 0; a < 3; ++a) index[a] = std::clamp(int(p[a] * cells_per_unit + 0.5f * float(res)), 0, res - 1);
  *cell = index[0] + int64_t(res) * (index[1] + int64_t(res) * index[2]);
  return true;
}

void StartMarch(const OccupancyView& occupancy, const MarchOptions& options, float jitter, MarchState* ray) {
  const float bound = float(1 << (occupancy.num_cascades - 1));
  float t_enter = options.near, t_exit = INFINITY;
  for (int a = 0; a < 3; ++a) {
    const float inverse = 1.0f / ray->direction[a];
    const float t0 = (-bound - ray->origin[a]) * inverse, t1 = (bound - ray->origin[a]) * inverse;
    // NaN (a ray inside a face, parallel to it) fails both comparisons and leaves the range as it is.
    t_enter = std::max(t_enter, std::min(t0, t1));
    t_exit = std::min(t_exit, std::max(t0, t1));
  }
  ray->t = t_enter + jitter * StepAt(options, t_enter);
  ray->t_end = t_exit;
}

int March(const OccupancyView& occupancy, const MarchOptions& options, MarchState* ray, int max_samples, float* ts,
          float* dts) {
  const int res = occupancy.resolution;
  const int64_t words_per_cascade = int64_t(res) * res * res / 64;
  float inverse[3];
  for (int a = 0; a < 3; ++a) inverse[a] = 1.0f / ray->direction[a];
  int count = 0;
  float t = ray->t;
  while (t < ray->t_end) {
    const float dt = StepAt(options, t);
    const float mid = t + 0.5f * dt;
    const float p[3] = {ray->origin[0] + mid * ray->direction[0], ray->origin[1] + mid * ray->direction[1],
                        ray->origin[2] + mid * ray->direction[2]};
    int cascade;
    int64_t cell;
    if (!FindCell(occupancy, p, &cascade, &cell)) {
      t = ray->t_end;
      break;
    }
    if (occupancy.bits[cascade * words_per_cascade + cell / 64] >> (cell % 64) & 1) {
      if (count == max_samples) break;
      ts[count] = mid;
      dts[count] = dt;
      ++count;
      t += dt;
      continue;
    }
    // Leap to the first step whose midpoint lies beyond this empty cell; whole steps keep the sampling pattern free of
    // the grid's.
    const float cell_size = float(2 << cascade) / float(res), bound = float(1 << cascade);
    float exit = INFINITY;
    for (int a = 0; a < 3; ++a) {
      if (ray->direction[a] == 0) continue;
      const float lower = std::floor((p[a] + bound) / cell_size) * cell_size - bound;
      const float face = ray->direction[a] > 0 ? lower + cell_size : lower;
      // Rounding may put a point on a face just behind it: then it leaves the cell here, not by another face far away.
      exit = std::min(exit, std::max(0.0f, (face - p[a]) * inverse[a]));
    }
    t += dt * std::max(1.0f, std::ceil(std::min(exit, 1e6f) / dt));
  }
  ray->t = t;
  return count;
}

}  // namespace sanerf::kernels
