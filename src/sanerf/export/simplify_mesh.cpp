#include "sanerf/export/simplify_mesh.h"

#include <fmt/format.h>
#include <meshoptimizer.h>

#include <algorithm>
#include <unordered_map>

#include "sanerf/core/error.h"
#include "sanerf/export/manifold.h"

namespace sanerf::exports {
namespace {

constexpr float kAnyError = 1;  // of the size: the number of faces decides
constexpr int kTries = 8;
constexpr uint32_t kMostCells = 1 << 20;  // along each axis

// Without the vertices that no face has.
Surface Compacted(const Surface& surface, const std::vector<uint32_t>& indices) {
  constexpr uint32_t kNone = ~0u;
  std::vector<uint32_t> moved(surface.positions.size(), kNone);
  Surface compact;
  compact.faces.reserve(indices.size() / 3);
  for (size_t i = 0; i + 2 < indices.size(); i += 3) {
    Face face;
    for (size_t k = 0; k < 3; ++k) {
      uint32_t& v = moved[indices[i + k]];
      if (v == kNone) {
        v = uint32_t(compact.positions.size());
        compact.positions.push_back(surface.positions[indices[i + k]]);
      }
      face[k] = v;
    }
    compact.faces.push_back(face);
  }
  return compact;
}

// Of positions within [-1, 1]^3, the vertices in each of `cells`^3 cells become the first of them.
std::vector<uint32_t> MergedByCells(const std::vector<uint32_t>& indices, const std::vector<Vec3f>& positions,
                                    uint32_t cells) {
  std::unordered_map<uint64_t, uint32_t> firsts;
  std::vector<uint32_t> first_of(positions.size());
  for (uint32_t v = 0; v < positions.size(); ++v) {
    uint64_t cell = 0;
    for (const float x : positions[v]) cell = cell * cells + std::min(uint32_t((double(x) + 1) / 2 * cells), cells - 1);
    first_of[v] = firsts.try_emplace(cell, v).first->second;
  }
  std::vector<uint32_t> merged;
  for (size_t i = 0; i + 2 < indices.size(); i += 3) {
    const uint32_t a = first_of[indices[i]], b = first_of[indices[i + 1]], c = first_of[indices[i + 2]];
    if (a != b && b != c && c != a) merged.insert(merged.end(), {a, b, c});
  }
  return merged;
}

// With the smallest cells that leave no more triangles than that. meshoptimizer has the like (its sloppy one), but that
// drops the second of two equal triangles, and then the surface is open where it was closed.
std::vector<uint32_t> MergedTo(size_t max_faces, const std::vector<uint32_t>& indices,
                               const std::vector<Vec3f>& positions) {
  uint32_t enough = 1, too_many = kMostCells;
  while (too_many - enough > 1) {
    const uint32_t cells = (enough + too_many) / 2;
    (MergedByCells(indices, positions, cells).size() <= 3 * max_faces ? enough : too_many) = cells;
  }
  return MergedByCells(indices, positions, enough);
}

}  // namespace

Surface Simplified(const Surface& surface, int max_faces, const Job& job) {
  if (surface.faces.size() <= size_t(max_faces)) return surface;
  // In single precision around the middle: the file frame may be far from its origin.
  const Box box = BoundsOf(surface.positions);
  const Vec3 middle = 0.5 * (box.min + box.max);
  const double scale = 1 / std::max((box.max - box.min).maxCoeff(), 1e-300);
  std::vector<Vec3f> positions;
  positions.reserve(surface.positions.size());
  for (const Vec3& p : surface.positions) positions.push_back(((p - middle) * scale).cast<float>());
  std::vector<uint32_t> indices;
  indices.reserve(3 * surface.faces.size());
  for (const Face& face : surface.faces) indices.insert(indices.end(), face.begin(), face.end());

  size_t target = size_t(max_faces);
  for (int attempt = 0; attempt < kTries && target >= 4; ++attempt) {
    job.ThrowIfStopped("the mesh");
    std::vector<uint32_t> fewer(indices.size());
    fewer.resize(meshopt_simplify(fewer.data(), indices.data(), indices.size(), positions[0].data(), positions.size(),
                                  sizeof(Vec3f), 3 * target, kAnyError, 0, nullptr));
    if (fewer.size() > 3 * target) fewer = MergedTo(target, fewer, positions);
    const Surface made = ManifoldOf(Compacted(surface, fewer));
    if (!made.faces.empty() && made.faces.size() <= size_t(max_faces)) return made;
    // Too many by those that keep it a manifold; or all of it has become flat.
    target = made.faces.empty() ? target / 2 : std::min(target - target / 50 - 1, 2 * target - made.faces.size());
  }
  throw Error(fmt::format("cannot make a closed surface of at most {} faces", max_faces),
              "its parts are too many or too thin for so few", "allow more: --faces 1000");
}

}  // namespace sanerf::exports
