// Where the labels of an object field may be: in what enough masks show, and what hangs together with it. Elsewhere a
// field says what it likes, and fog that it takes for the object becomes specks in every view that sees it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sanerf/mask_aggregator/cell_index.h"

namespace sanerf::mask_aggregator {

class LabelSupport {
 public:
  // Labels 1 .. num_labels - 1 may be anywhere until they are confined.
  explicit LabelSupport(int num_labels) : cells_(size_t(num_labels)) {}

  int num_labels() const { return int(cells_.size()); }
  bool confines_anything() const;
  // The label is in these cells of a lattice over the unit cube, and nowhere else. Labels have lattices of their own.
  void Confine(int label, CellIndex cells) { cells_.at(size_t(label)) = std::move(cells); }
  // position [3] of the unit cube.
  bool Allows(const float* position, int label) const;
  // Null where it may be anywhere.
  const CellIndex* CellsOf(int label) const { return cells_[size_t(label)] ? &*cells_[size_t(label)] : nullptr; }

  // logits [label] of a place: what is said for a label that may not be there is said for the best of those that may,
  // which is the background where no other label is allowed.
  void Restrict(const float* position, float* logits) const;

  // What a checkpoint holds: cells per axis by label, 0 for one that may be anywhere, and a row of label and three
  // coordinates per cell.
  std::vector<int> CellsPerAxis() const;
  std::vector<float> Rows() const;
  // None for rows that cannot be: of a label that is not confined, outside of its lattice, not whole numbers, twice the
  // same.
  static std::optional<LabelSupport> FromRows(const std::vector<int>& cells_per_axis, const std::vector<float>& rows);

 private:
  std::vector<std::optional<CellIndex>> cells_;  // by label
};

}  // namespace sanerf::mask_aggregator
