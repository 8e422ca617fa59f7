#include "sanerf/export/isosurface.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace sanerf::exports {
namespace {

// A corner of a cell is a number whose bits 0, 1, 2 say whether it is at the upper end along x, y, z. The tetrahedron
// of a permutation (a, b, c) of the axes has the corners 0, a, a + b, a + b + c. With an even permutation the
// determinant of its edges from the first corner is positive; of odd ones the second and third corner are exchanged, so
// it is again.
constexpr uint8_t kTetrahedra[6][4] = {{0, 1, 3, 7}, {0, 2, 6, 7}, {0, 4, 5, 7},   // xyz yzx zxy
                                       {0, 5, 1, 7}, {0, 6, 4, 7}, {0, 3, 2, 7}};  // xzy zyx yxz
// By which corners of a tetrahedron are inside (bit i: corner i): an even permutation of its corners that has those
// inside first, or, where three are inside, the one outside first.
constexpr uint8_t kInsideFirst[16][4] = {
    {0, 1, 2, 3}, {0, 1, 2, 3}, {1, 0, 3, 2}, {0, 1, 2, 3}, {2, 0, 1, 3}, {0, 2, 3, 1}, {1, 2, 0, 3}, {3, 0, 2, 1},
    {3, 0, 2, 1}, {0, 3, 1, 2}, {1, 3, 2, 0}, {2, 0, 1, 3}, {2, 3, 0, 1}, {1, 0, 3, 2}, {0, 1, 2, 3}, {0, 1, 2, 3}};
constexpr double kNearestToCorner = 0.02;  // of an edge: closer to its ends faces would shrink to nothing

class Tetrahedra {
 public:
  explicit Tetrahedra(const SignedGrid& grid) : grid_(grid) {}

  void March(const std::array<int, 3>& cell, const std::array<float, 8>& values) {
    for (const auto& corners : kTetrahedra) {
      int inside = 0;
      for (int i = 0; i < 4; ++i) inside |= (values[corners[i]] < 0 ? 1 : 0) << i;
      if (inside == 0 || inside == 15) continue;
      const uint8_t(&order)[4] = kInsideFirst[inside];
      const auto vertex = [&](int from, int to) {
        return Vertex(cell, values, corners[order[from]], corners[order[to]]);
      };
      const int num_inside = __builtin_popcount(unsigned(inside));
      if (num_inside == 2) {
        const uint32_t ik = vertex(0, 2), il = vertex(0, 3), jl = vertex(1, 3), jk = vertex(1, 2);
        surface_.faces.push_back({ik, il, jl});
        surface_.faces.push_back({ik, jl, jk});
      } else {
        const uint32_t ij = vertex(0, 1), ik = vertex(0, 2), il = vertex(0, 3);
        surface_.faces.push_back(num_inside == 1 ? Face{ij, ik, il} : Face{ij, il, ik});
      }
    }
  }
  Surface Take() { return std::move(surface_); }

 private:
  // On the edge between two corners of a cell, of which one's bits are among the other's. Cells share it.
  uint32_t Vertex(const std::array<int, 3>& cell, const std::array<float, 8>& values, uint8_t from, uint8_t to) {
    if (from > to) std::swap(from, to);
    const std::array<int, 3> at{cell[0] + (from & 1), cell[1] + (from >> 1 & 1), cell[2] + (from >> 2)};
    const uint64_t edge = 8 * uint64_t(grid_.place.Index(at[0], at[1], at[2])) + uint64_t(to - from);
    const auto [known, is_new] = vertices_.try_emplace(edge, uint32_t(surface_.positions.size()));
    if (is_new) {
      const double a = double(values[from]), b = double(values[to]);
      const double share = std::clamp(a / (a - b), kNearestToCorner, 1 - kNearestToCorner);
      const int direction = to - from;
      surface_.positions.push_back(grid_.place.At(at[0] + share * (direction & 1), at[1] + share * (direction >> 1 & 1),
                                                  at[2] + share * (direction >> 2)));
    }
    return known->second;
  }

  const SignedGrid& grid_;
  Surface surface_;
  std::unordered_map<uint64_t, uint32_t> vertices_;
};

}  // namespace

Surface Isosurface(const SignedGrid& grid, Cells cells) {
  Tetrahedra tetrahedra(grid);
  const std::array<int, 3>& size = grid.place.size;
  for (int z = 0; z + 1 < size[2]; ++z)
    for (int y = 0; y + 1 < size[1]; ++y)
      for (int x = 0; x + 1 < size[0]; ++x) {
        std::array<float, 8> values;
        int num_inside = 0;
        bool is_known = true;
        for (int corner = 0; corner < 8; ++corner) {
          float& value = values[size_t(corner)];
          value = grid.values[grid.place.Index(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2))];
          num_inside += value < 0;
          is_known &= value != kUnseen;
        }
        if (num_inside == 0 || num_inside == 8 || (cells == Cells::kKnown && !is_known)) continue;
        tetrahedra.March({x, y, z}, values);
      }
  return tetrahedra.Take();
}

}  // namespace sanerf::exports
