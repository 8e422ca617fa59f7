#include "sanerf/export/triangle_mesh.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace sanerf::exports {
namespace {

// From its first vertex to its second, with the third one of its face; in the order of the edges.
struct DirectedEdge {
  uint32_t from, to, third;
  bool operator<(const DirectedEdge& other) const { return from != other.from ? from < other.from : to < other.to; }
  bool IsSameAs(const DirectedEdge& other) const { return from == other.from && to == other.to; }
};

std::vector<DirectedEdge> SortedEdges(const std::vector<Face>& faces) {
  std::vector<DirectedEdge> edges;
  edges.reserve(3 * faces.size());
  for (const auto& [a, b, c] : faces) {
    edges.push_back({a, b, c});
    edges.push_back({b, c, a});
    edges.push_back({c, a, b});
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

using EdgeIterator = std::vector<DirectedEdge>::const_iterator;
std::optional<EdgeIterator> FindEdge(const std::vector<DirectedEdge>& edges, uint32_t from, uint32_t to) {
  const DirectedEdge wanted{from, to, 0};
  const auto found = std::lower_bound(edges.begin(), edges.end(), wanted);
  if (found == edges.end() || !found->IsSameAs(wanted)) return std::nullopt;
  return found;
}

}  // namespace

Box BoundsOf(const std::vector<Vec3>& points) {
  Box box{points.at(0), points.at(0)};
  for (const Vec3& p : points) {
    box.min = box.min.cwiseMin(p);
    box.max = box.max.cwiseMax(p);
  }
  return box;
}

std::vector<Vec3f> FaceNormals(const std::vector<Vec3>& positions, const std::vector<Face>& faces) {
  std::vector<Vec3f> normals(faces.size());
  for (size_t f = 0; f < faces.size(); ++f) {
    const Vec3& a = positions[faces[f][0]];
    normals[f] = (positions[faces[f][1]] - a).cross(positions[faces[f][2]] - a).cast<float>();
  }
  return normals;
}

std::vector<Vec3f> VertexNormals(const std::vector<Vec3>& positions, const std::vector<Face>& faces) {
  const std::vector<Vec3f> of_faces = FaceNormals(positions, faces);
  std::vector<Vec3f> normals(positions.size(), Vec3f::Zero());
  for (size_t f = 0; f < faces.size(); ++f)
    for (const uint32_t v : faces[f]) normals[v] += of_faces[f];
  for (Vec3f& normal : normals) {
    const float length = normal.norm();
    normal = length > 0 ? Vec3f(normal / length) : Vec3f::UnitZ();
  }
  return normals;
}

std::string WhyNotClosed(const std::vector<Face>& faces) {
  if (faces.empty()) return "it has no faces";
  for (const auto& [a, b, c] : faces)
    if (a == b || b == c || c == a) return fmt::format("a face has the corners {}, {}, {}", a, b, c);
  const std::vector<DirectedEdge> edges = SortedEdges(faces);
  for (size_t i = 0; i < edges.size(); ++i) {
    const auto& [from, to, third] = edges[i];
    if (i > 0 && edges[i].IsSameAs(edges[i - 1])) return fmt::format("two faces run from {} to {}", from, to);
    if (!FindEdge(edges, to, from)) return fmt::format("no face runs from {} back to {}", to, from);
  }
  // Around each vertex: from the edge that a face leaves it by to the one that the face comes back by, and on.
  for (auto first = edges.begin(); first != edges.end();) {
    const uint32_t vertex = first->from;
    const auto end = std::find_if(first, edges.end(), [&](const DirectedEdge& edge) { return edge.from != vertex; });
    std::ptrdiff_t num_around = 0;
    uint32_t at = first->to;
    do {
      at = (*FindEdge(edges, vertex, at))->third;
      ++num_around;
    } while (at != first->to);
    if (num_around != end - first) return fmt::format("the faces around {} are several fans", vertex);
    first = end;
  }
  return "";
}

}  // namespace sanerf::exports
