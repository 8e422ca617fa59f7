// Cells of space that hold something, numbered in the order in which they were first met: surfaces fill a small part of
// a fine grid.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/random.h"

namespace sanerf::mask_aggregator {

class CellIndex {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr int kKeyBits = 20;  // per axis
  using Cell = std::array<int, 3>;

  explicit CellIndex(int cells_per_axis) : per_axis_(cells_per_axis), slots_(1024, kNone) {
    SANERF_CHECK(cells_per_axis > 0 && cells_per_axis < 1 << kKeyBits);
  }

  int cells_per_axis() const { return per_axis_; }
  uint32_t size() const { return uint32_t(keys_.size()); }
  Cell CellAt(uint32_t number) const {
    const uint64_t key = keys_[number], mask = (uint64_t{1} << kKeyBits) - 1;
    return {int(key >> 2 * kKeyBits), int(key >> kKeyBits & mask), int(key & mask)};
  }

  // kNone when the cell was never met; cells outside of the grid never were.
  uint32_t Find(const Cell& cell) const {
    for (const int i : cell)
      if (i < 0 || i >= per_axis_) return kNone;
    return slots_[Slot(KeyOf(cell))];
  }

  // The cell's number, a new one when it was never met.
  uint32_t Insert(uint64_t key) {
    if (2 * (keys_.size() + 1) > slots_.size()) Grow();
    uint32_t& slot = slots_[Slot(key)];
    if (slot == kNone) {
      slot = size();
      keys_.push_back(key);
    }
    return slot;
  }
  uint32_t Insert(const Cell& cell) { return Insert(KeyOf(cell)); }

  static uint64_t KeyOf(const Cell& cell) {
    return uint64_t(cell[0]) << 2 * kKeyBits | uint64_t(cell[1]) << kKeyBits | uint64_t(cell[2]);
  }

 private:
  // Where the key is, or where it belongs: linear probing.
  size_t Slot(uint64_t key) const {
    size_t slot = MixBits(key) & (slots_.size() - 1);
    while (slots_[slot] != kNone && keys_[slots_[slot]] != key) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }
  void Grow() {
    slots_.assign(2 * slots_.size(), kNone);
    for (uint32_t number = 0; number < size(); ++number) slots_[Slot(keys_[number])] = number;
  }

  int per_axis_;
  std::vector<uint64_t> keys_;   // by number
  std::vector<uint32_t> slots_;  // number, or kNone; a power of two of them
};

// The cell that a position [3] of the unit cube lies in.
inline CellIndex::Cell CellOf(const float* position, int cells_per_axis) {
  CellIndex::Cell cell;
  for (int a = 0; a < 3; ++a)
    cell[size_t(a)] = std::clamp(int(position[a] * float(cells_per_axis)), 0, cells_per_axis - 1);
  return cell;
}

// The eight cells whose middles are around a position and their trilinear weights, which add up to 1. At the border of
// the cube some lie outside of the grid.
struct CellCorner {
  CellIndex::Cell cell;
  float weight;
};
inline std::array<CellCorner, 8> TrilinearCorners(const float* position, int cells_per_axis) {
  CellIndex::Cell low;
  float fraction[3];
  for (int a = 0; a < 3; ++a) {
    const float at = position[a] * float(cells_per_axis) - 0.5f;
    low[size_t(a)] = int(std::floor(at));
    fraction[a] = at - std::floor(at);
  }
  std::array<CellCorner, 8> corners;
  for (int i = 0; i < 8; ++i) {
    CellCorner& corner = corners[size_t(i)];
    corner = {low, 1};
    for (int a = 0; a < 3; ++a) {
      const bool high = (i >> a & 1) != 0;
      corner.cell[size_t(a)] += high;
      corner.weight *= high ? fraction[a] : 1 - fraction[a];
    }
  }
  return corners;
}

}  // namespace sanerf::mask_aggregator
