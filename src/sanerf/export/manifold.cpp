#include "sanerf/export/manifold.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "sanerf/core/check.h"

namespace sanerf::exports {
namespace {

// Corner i of face f is 3 f + i; the half-edge of that number runs from there to the face's next corner.
uint32_t NextCorner(uint32_t corner) { return corner % 3 == 2 ? corner - 2 : corner + 1; }
constexpr int kMostRounds = 1000;  // each takes at least one shared edge away

class ManifoldMaker {
 public:
  explicit ManifoldMaker(const Surface& surface) : surface_(surface) {}

  Surface Make() {
    DropFlatFaces();
    for (int round = 0;; ++round) {
      SANERF_CHECK_LT(round, kMostRounds);
      PairHalfEdges();
      SplitVertices();
      if (!SplitSharedEdges()) break;
    }
    return std::move(surface_);
  }

 private:
  uint32_t VertexOf(uint32_t corner) const { return surface_.faces[corner / 3][corner % 3]; }

  // Without area by their vertices' numbers, and pairs that cancel each other.
  void DropFlatFaces() {
    std::vector<Face>& faces = surface_.faces;
    std::erase_if(faces, [](const Face& f) { return f[0] == f[1] || f[1] == f[2] || f[2] == f[0]; });
    struct Known {
      Face sorted;
      bool is_even;  // how it runs around
      uint32_t face;
    };
    std::vector<Known> known;
    for (uint32_t f = 0; f < faces.size(); ++f) {
      Face turned = faces[f];
      std::rotate(turned.begin(), std::min_element(turned.begin(), turned.end()), turned.end());
      const bool is_even = turned[1] < turned[2];
      if (!is_even) std::swap(turned[1], turned[2]);
      known.push_back({turned, is_even, f});
    }
    std::sort(known.begin(), known.end(), [](const Known& a, const Known& b) {
      return a.sorted != b.sorted ? a.sorted < b.sorted : a.is_even != b.is_even ? a.is_even : a.face < b.face;
    });
    std::vector<bool> is_gone(faces.size(), false);
    for (size_t begin = 0, end; begin < known.size(); begin = end) {
      end = begin;
      while (end < known.size() && known[end].sorted == known[begin].sorted) ++end;
      size_t middle = begin;
      while (middle < end && known[middle].is_even) ++middle;
      for (size_t i = 0; i < std::min(middle - begin, end - middle); ++i)
        is_gone[known[begin + i].face] = is_gone[known[middle + i].face] = true;
    }
    size_t kept = 0;
    for (size_t f = 0; f < faces.size(); ++f)
      if (!is_gone[f]) faces[kept++] = faces[f];
    faces.resize(kept);
  }

  // Of an edge: between its smaller and its larger vertex.
  struct HalfEdge {
    uint32_t low, high, corner;
    bool is_forward;  // from the smaller one
    double angle = 0;
  };

  std::vector<HalfEdge> SortedHalfEdges() const {
    std::vector<HalfEdge> edges;
    edges.reserve(3 * surface_.faces.size());
    for (uint32_t corner = 0; corner < 3 * surface_.faces.size(); ++corner) {
      const uint32_t from = VertexOf(corner), to = VertexOf(NextCorner(corner));
      edges.push_back({std::min(from, to), std::max(from, to), corner, from < to});
    }
    std::sort(edges.begin(), edges.end(), [](const HalfEdge& a, const HalfEdge& b) {
      return std::tie(a.low, a.high, a.corner) < std::tie(b.low, b.high, b.corner);
    });
    return edges;
  }

  template <class F>
  static void ForEachEdge(std::vector<HalfEdge>& edges, const F& use) {
    for (size_t begin = 0, end; begin < edges.size(); begin = end) {
      end = begin;
      while (end < edges.size() && edges[end].low == edges[begin].low && edges[end].high == edges[begin].high) ++end;
      use(edges.begin() + std::ptrdiff_t(begin), edges.begin() + std::ptrdiff_t(end));
    }
  }

  // Where the face is around its edge.
  void MeasureAngles(std::vector<HalfEdge>::iterator begin, std::vector<HalfEdge>::iterator end) const {
    const Vec3& origin = surface_.positions[begin->low];
    const Vec3 axis = (surface_.positions[begin->high] - origin).normalized();
    if (!(axis.squaredNorm() > 0)) return;  // vertices in one place: any order will do
    const Vec3 u = axis.unitOrthogonal(), v = axis.cross(u);
    for (auto edge = begin; edge != end; ++edge) {
      const Vec3 third = surface_.positions[VertexOf(NextCorner(NextCorner(edge->corner)))] - origin;
      edge->angle = std::atan2(third.dot(v), third.dot(u));
    }
  }

  // Around the edge, each with a neighbor that runs the other way, as brackets are paired: joined sheets do not cross.
  void PairHalfEdges() {
    twins_.assign(3 * surface_.faces.size(), 0);
    std::vector<HalfEdge> edges = SortedHalfEdges();
    ForEachEdge(edges, [&](auto begin, auto end) {
      if (end - begin > 2) {
        MeasureAngles(begin, end);
        std::stable_sort(begin, end, [](const HalfEdge& a, const HalfEdge& b) { return a.angle < b.angle; });
      }
      std::vector<HalfEdge> open;
      for (auto edge = begin; edge != end; ++edge) {
        if (open.empty() || open.back().is_forward == edge->is_forward) {
          open.push_back(*edge);
          continue;
        }
        twins_[edge->corner] = open.back().corner;
        twins_[open.back().corner] = edge->corner;
        open.pop_back();
      }
      SANERF_CHECK(open.empty());  // the surface was closed
    });
  }

  // Corners that meet through joined edges are one vertex.
  void SplitVertices() {
    std::vector<uint32_t> parents(twins_.size());
    std::iota(parents.begin(), parents.end(), 0u);
    const auto root = [&](uint32_t corner) {
      while (parents[corner] != corner) corner = parents[corner] = parents[parents[corner]];
      return corner;
    };
    const auto join = [&](uint32_t a, uint32_t b) {
      const uint32_t x = root(a), y = root(b);
      parents[std::max(x, y)] = std::min(x, y);
    };
    for (uint32_t corner = 0; corner < twins_.size(); ++corner) {
      join(corner, NextCorner(twins_[corner]));
      join(NextCorner(corner), twins_[corner]);
    }
    constexpr uint32_t kNone = ~0u;
    std::vector<uint32_t> number(twins_.size(), kNone);
    std::vector<Vec3> positions;
    std::vector<Face> faces(surface_.faces.size());
    for (uint32_t corner = 0; corner < twins_.size(); ++corner) {
      uint32_t& vertex = number[root(corner)];
      if (vertex == kNone) {
        vertex = uint32_t(positions.size());
        positions.push_back(surface_.positions[VertexOf(corner)]);
      }
      faces[corner / 3][corner % 3] = vertex;
    }
    surface_ = {std::move(positions), std::move(faces)};
  }

  // Two pairs of faces along edges with the same ends: one of the edges gets a vertex in its middle. Returns whether
  // there were any.
  bool SplitSharedEdges() {
    std::vector<HalfEdge> edges = SortedHalfEdges();
    std::vector<uint32_t> to_split;
    ForEachEdge(edges, [&](auto begin, auto end) {
      if (end - begin == 2) return;
      const uint32_t kept = begin->corner;
      for (auto edge = begin; edge != end; ++edge)
        if (edge->is_forward && edge->corner != kept && twins_[edge->corner] != kept) to_split.push_back(edge->corner);
    });
    std::vector<bool> is_touched(surface_.faces.size(), false);
    for (const uint32_t corner : to_split) {
      const uint32_t twin = twins_[corner], face = corner / 3, other = twin / 3;
      if (is_touched[face] || is_touched[other]) continue;  // in the next round
      is_touched[face] = is_touched[other] = true;
      const uint32_t from = VertexOf(corner), to = VertexOf(twin), third = VertexOf(NextCorner(NextCorner(corner))),
                     fourth = VertexOf(NextCorner(NextCorner(twin))), middle = uint32_t(surface_.positions.size());
      surface_.positions.push_back(0.5 * (surface_.positions[from] + surface_.positions[to]));
      surface_.faces[face] = {from, middle, third};
      surface_.faces[other] = {to, middle, fourth};
      surface_.faces.push_back({middle, to, third});
      surface_.faces.push_back({middle, from, fourth});
    }
    return !to_split.empty();
  }

  Surface surface_;
  std::vector<uint32_t> twins_;  // by half-edge
};

}  // namespace

Surface ManifoldOf(const Surface& surface) { return ManifoldMaker(surface).Make(); }

}  // namespace sanerf::exports
