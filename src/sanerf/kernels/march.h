// Ray marching through nested occupancy grids: where along a ray the field is worth asking.
#pragma once

#include <cstdint>

namespace sanerf::kernels {

// Cascade c covers [-2^c, 2^c]^3 with resolution^3 cells; bit x + res (y + res z) of its share of `bits` is set when
// the cell may hold something.
struct OccupancyView {
  int resolution = 128;
  int num_cascades = 1;
  const uint64_t* bits = nullptr;  // num_cascades * resolution^3 / 64 words
};

struct MarchOptions {
  float near = 0.05f;       // first ray parameter
  float step = 0.0034641f;  // smallest step (2 sqrt(3) / 1024, as instant-ngp)
  float cone = 1.0f / 256;  // step grows as cone * t; 0 = constant steps
};

struct MarchState {
  float origin[3], direction[3];  // unit direction
  float t = 0, t_end = 0;         // next and last ray parameter; t >= t_end: finished
};

// Sets t to the entry into the outermost box (or near), moved by jitter in [0, 1) of a step, and t_end to its exit.
void StartMarch(const OccupancyView& occupancy, const MarchOptions& options, float jitter, MarchState* ray);

// The next at most max_samples samples in occupied cells: midpoint parameters t and lengths dt. Returns how many.
int March(const OccupancyView& occupancy, const MarchOptions& options, MarchState* ray, int max_samples, float* t,
          float* dt);

// The cell of a point: cascade and bit index inside it; false outside the outermost box.
bool FindCell(const OccupancyView& occupancy, const float p[3], int* cascade, int64_t* cell);

}  // namespace sanerf::kernels
