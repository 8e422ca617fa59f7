#include "sanerf/export/fill_unseen.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "sanerf/core/parallel.h"
#include "sanerf/export/isosurface.h"

namespace sanerf::exports {
namespace {

constexpr double kNearest = 0.75;  // of a block: no dipole is taken to be nearer, its surface is spread over the block
constexpr float kEnough = 0.05f;  // of the weight of a block's corners that are unseen, to be interpolated between them

// The surface within a block: where its middle is, and its area outwards.
struct Dipole {
  Vec3 center = Vec3::Zero(), area = Vec3::Zero();
  double weight = 0;
};

std::vector<Dipole> DipolesOf(const Surface& surface, const Vec3& origin, double block) {
  std::map<std::array<int, 3>, Dipole> blocks;
  for (const Face& face : surface.faces) {
    const Vec3 &a = surface.positions[face[0]], &b = surface.positions[face[1]], &c = surface.positions[face[2]];
    const Vec3 center = (a + b + c) / 3, area = 0.5 * (b - a).cross(c - a), at = (center - origin) / block;
    Dipole& dipole = blocks[{int(at.x()), int(at.y()), int(at.z())}];
    dipole.center += area.norm() * center;
    dipole.area += area;
    dipole.weight += area.norm();
  }
  std::vector<Dipole> dipoles;
  for (auto& [key, dipole] : blocks) {
    if (dipole.weight <= 0) continue;
    dipole.center /= dipole.weight;
    dipoles.push_back(dipole);
  }
  return dipoles;
}

float ValueAt(const std::vector<Dipole>& dipoles, const Vec3& p, double nearest) {
  double sum = 0;
  for (const Dipole& dipole : dipoles) {
    const Vec3 to = dipole.center - p;
    const double squared = std::max(to.squaredNorm(), nearest * nearest);
    sum += dipole.area.dot(to) / (squared * std::sqrt(squared));
  }
  return float(1 - 2 * sum / (4 * M_PI));
}

}  // namespace

void FillUnseen(SignedGrid* grid, const Job& job) {
  const GridPlace& place = grid->place;
  const double block = kBlockCells * place.spacing, nearest = kNearest * block;
  const std::vector<Dipole> dipoles = DipolesOf(Isosurface(*grid, Cells::kKnown), place.origin, block);

  // At the corners of blocks, as far as they are unseen; kUnseen stays where they are not.
  GridPlace coarse{place.origin, block, {}};
  for (size_t a = 0; a < 3; ++a) coarse.size[a] = (place.size[a] - 1) / kBlockCells + 1;
  std::vector<float> at_blocks(size_t(coarse.num_corners()), kUnseen);
  ParallelFor(int64_t{coarse.size[1]} * coarse.size[2], [&](int64_t row) {
    job.ThrowIfStopped("the mesh");
    const int y = int(row % coarse.size[1]), z = int(row / coarse.size[1]);
    for (int x = 0; x < coarse.size[0]; ++x)
      if (grid->values[place.Index(kBlockCells * x, kBlockCells * y, kBlockCells * z)] == kUnseen)
        at_blocks[coarse.Index(x, y, z)] = ValueAt(dipoles, coarse.At(x, y, z), nearest);
  });

  // Of a corner between them: what those around it have that are unseen themselves; the others are on both sides of the
  // seen surface.
  const auto value_at = [&](const std::array<int, 3>& at) {
    std::array<int, 3> cell;
    std::array<float, 3> share;
    for (size_t a = 0; a < 3; ++a) {
      cell[a] = std::min(at[a] / kBlockCells, coarse.size[a] - 2);
      share[a] = float(at[a] - kBlockCells * cell[a]) / kBlockCells;
    }
    float value = 0, weight = 0;
    for (int corner = 0; corner < 8; ++corner) {
      const std::array<int, 3> up{corner & 1, corner >> 1 & 1, corner >> 2};
      const float there = at_blocks[coarse.Index(cell[0] + up[0], cell[1] + up[1], cell[2] + up[2])];
      if (there == kUnseen) continue;
      float part = 1;
      for (size_t a = 0; a < 3; ++a) part *= up[a] != 0 ? share[a] : 1 - share[a];
      value += part * there;
      weight += part;
    }
    return weight > kEnough ? value / weight : ValueAt(dipoles, place.At(at[0], at[1], at[2]), nearest);
  };
  ParallelFor(int64_t{place.size[1]} * place.size[2], [&](int64_t row) {
    job.ThrowIfStopped("the mesh");
    const int y = int(row % place.size[1]), z = int(row / place.size[1]);
    for (int x = 0; x < place.size[0]; ++x)
      if (float& value = grid->values[place.Index(x, y, z)]; value == kUnseen) value = value_at({x, y, z});
  });
}

}  // namespace sanerf::exports
