// What a vote of the masks says about every cell of space, as logits: a first answer by itself, and what the object
// field starts from (it learns the difference).
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/mask_aggregator/cell_index.h"

namespace sanerf::mask_aggregator {

class LabelPrior {
 public:
  // votes [cell][label]: light that each label sends into the cell (LabelVote). Logits are log shares, their mean over
  // the labels 0; a cell with few votes has smaller logits than one with many.
  LabelPrior(CellIndex cells, int num_labels, const std::vector<float>& votes);

  int num_labels() const { return num_labels_; }
  uint32_t num_cells() const { return cells_.size(); }

  // logits[l] += scale * logit of label l at a position [3] of the unit cube, trilinear between the centers of the
  // cells that were met; nothing where none was. Returns the share, [0, 1], of what was added that comes from cells in
  // which somebody voted: a logit of 0 is a draw there, and nothing known elsewhere.
  float AddTo(const float* position, float scale, float* logits) const;

  // What a checkpoint holds: three coordinates per cell, logits [cell][label], and the cells per axis.
  std::vector<float> Coordinates() const;
  const std::vector<float>& logits() const { return logits_; }
  int cells_per_axis() const { return cells_.cells_per_axis(); }
  // coordinates and logits of as many cells.
  static LabelPrior FromLogits(int cells_per_axis, const std::vector<float>& coordinates, int num_labels,
                               std::vector<float> logits);

 private:
  LabelPrior(CellIndex cells, int num_labels) : cells_(std::move(cells)), num_labels_(num_labels) {}
  void TakeLogits(std::vector<float> logits);

  CellIndex cells_;
  int num_labels_;
  std::vector<float> logits_;       // [cell][label]
  std::vector<uint8_t> has_votes_;  // by cell
};

}  // namespace sanerf::mask_aggregator
