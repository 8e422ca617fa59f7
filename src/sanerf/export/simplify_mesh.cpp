#include "sanerf/export/simplify_mesh.h"

#include <fmt/format.h>
#include <meshoptimizer.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/export/manifold.h"

namespace sanerf::exports {
namespace {

constexpr float kAnyError = 1;  // of the size: the number of faces decides
constexpr int kTries = 8;

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
    if (fewer.size() > 3 * target) {
      const std::vector<uint32_t> before = std::move(fewer);
      fewer.assign(before.size(), 0);
      fewer.resize(meshopt_simplifySloppy(fewer.data(), before.data(), before.size(), positions[0].data(),
                                          positions.size(), sizeof(Vec3f), 3 * target, kAnyError, nullptr));
    }
    const Surface made = ManifoldOf(Compacted(surface, fewer));
    if (!made.faces.empty() && made.faces.size() <= size_t(max_faces)) return made;
    // Too many by those that keep it a manifold; or all of it has become flat.
    target = made.faces.empty() ? target / 2 : std::min(target - target / 50 - 1, 2 * target - made.faces.size());
  }
  throw Error(fmt::format("cannot make a closed surface of at most {} faces", max_faces),
              "its parts are too many or too thin for so few", "allow more: --faces 1000");
}

}  // namespace sanerf::exports
