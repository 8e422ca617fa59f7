#include "sanerf/export/mesh_parts.h"

#include <algorithm>
#include <numeric>

#include "sanerf/core/parallel.h"

namespace sanerf::exports {
namespace {

constexpr size_t kLooks = 200;  // vertices of a part that are looked for in the views, at most
constexpr uint32_t kGone = ~0u;

uint32_t RootOf(std::vector<uint32_t>& parents, uint32_t v) {
  while (parents[v] != v) v = parents[v] = parents[parents[v]];
  return v;
}

struct MeshPart {
  double area = 0;
  std::vector<uint32_t> vertices;
  double weight = 0;
};

}  // namespace

std::vector<uint32_t> PartsOf(size_t num_vertices, const std::vector<Face>& faces) {
  std::vector<uint32_t> parents(num_vertices);
  std::iota(parents.begin(), parents.end(), 0u);
  for (const auto& [a, b, c] : faces)
    for (const uint32_t other : {b, c}) {
      const uint32_t x = RootOf(parents, a), y = RootOf(parents, other);
      parents[std::max(x, y)] = std::min(x, y);
    }
  std::vector<uint32_t> number(num_vertices, kGone), parts(num_vertices);
  uint32_t count = 0;
  for (uint32_t v = 0; v < num_vertices; ++v) {
    const uint32_t root = RootOf(parents, v);
    if (number[root] == kGone) number[root] = count++;
    parts[v] = number[root];
  }
  return parts;
}

Surface KeepSeenParts(const Surface& surface, const std::vector<SurfaceView>& views, double tolerance, double keep) {
  const std::vector<uint32_t> part_of = PartsOf(surface.positions.size(), surface.faces);
  std::vector<MeshPart> parts(part_of.empty() ? 0 : *std::max_element(part_of.begin(), part_of.end()) + 1);
  for (uint32_t v = 0; v < part_of.size(); ++v) parts[part_of[v]].vertices.push_back(v);
  const std::vector<Vec3f> normals = FaceNormals(surface.positions, surface.faces);
  for (size_t f = 0; f < normals.size(); ++f)
    parts[part_of[surface.faces[f][0]]].area += 0.5 * double(normals[f].norm());

  ParallelFor(int64_t(parts.size()), [&](int64_t i) {
    MeshPart& part = parts[size_t(i)];
    const size_t step = std::max<size_t>(1, part.vertices.size() / kLooks);
    int64_t num_looks = 0, num_seen = 0;
    for (size_t k = 0; k < part.vertices.size(); k += step, ++num_looks)
      for (const SurfaceView& view : views)
        num_seen += ShowsPoint(view, surface.positions[part.vertices[k]], tolerance);
    part.weight = part.area * double(num_seen) / double(num_looks);
  });
  double heaviest = 0;
  for (const MeshPart& part : parts) heaviest = std::max(heaviest, part.weight);

  Surface kept;
  if (heaviest <= 0) return kept;
  std::vector<uint32_t> new_vertex(surface.positions.size(), kGone);
  for (const Face& face : surface.faces) {
    const MeshPart& part = parts[part_of[face[0]]];
    if (part.weight <= 0 || part.weight < keep * heaviest) continue;
    Face moved;
    for (size_t i = 0; i < 3; ++i) {
      uint32_t& v = new_vertex[face[i]];
      if (v == kGone) {
        v = uint32_t(kept.positions.size());
        kept.positions.push_back(surface.positions[face[i]]);
      }
      moved[i] = v;
    }
    kept.faces.push_back(moved);
  }
  return kept;
}

}  // namespace sanerf::exports
