#include "sanerf/mask_aggregator/label_support.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sanerf::mask_aggregator {

bool LabelSupport::confines_anything() const {
  return std::any_of(cells_.begin(), cells_.end(), [](const auto& cells) { return cells.has_value(); });
}

bool LabelSupport::Allows(const float* position, int label) const {
  const std::optional<CellIndex>& cells = cells_[size_t(label)];
  return !cells || cells->Find(CellOf(position, cells->cells_per_axis())) != CellIndex::kNone;
}

void LabelSupport::Restrict(const float* position, float* logits) const {
  // Most places are plain background, and nothing is asked about them.
  const int num = num_labels();
  if (std::max_element(logits, logits + num) == logits) return;
  int best = 0;
  std::vector<int> forbidden;
  for (int label = 1; label < num; ++label) {
    if (logits[label] <= logits[0]) continue;  // it would not win, wherever it is
    if (!Allows(position, label)) {
      forbidden.push_back(label);
    } else if (logits[label] > logits[best]) {
      best = label;
    }
  }
  for (const int label : forbidden)
    if (logits[label] > logits[best]) std::swap(logits[label], logits[best]);
}

std::vector<int> LabelSupport::CellsPerAxis() const {
  std::vector<int> per_axis;
  for (const auto& cells : cells_) per_axis.push_back(cells ? cells->cells_per_axis() : 0);
  return per_axis;
}

std::vector<float> LabelSupport::Rows() const {
  std::vector<float> rows;
  for (size_t label = 0; label < cells_.size(); ++label) {
    for (uint32_t number = 0; cells_[label] && number < cells_[label]->size(); ++number) {
      rows.push_back(float(label));
      for (const int c : cells_[label]->CellAt(number)) rows.push_back(float(c));
    }
  }
  return rows;
}

std::optional<LabelSupport> LabelSupport::FromRows(const std::vector<int>& cells_per_axis,
                                                   const std::vector<float>& rows) {
  LabelSupport support(int(cells_per_axis.size()));
  for (size_t label = 0; label < cells_per_axis.size(); ++label)
    if (cells_per_axis[label] != 0) support.Confine(int(label), CellIndex(cells_per_axis[label]));
  if (rows.size() % 4 != 0) return std::nullopt;
  const auto is_below = [](float value, int end) {
    return value >= 0 && value < float(end) && value == std::floor(value);
  };
  for (size_t row = 0; row < rows.size(); row += 4) {
    if (!is_below(rows[row], support.num_labels())) return std::nullopt;
    const size_t label = size_t(rows[row]);
    for (size_t axis = 1; axis < 4; ++axis)
      if (!is_below(rows[row + axis], cells_per_axis[label])) return std::nullopt;
    CellIndex& cells = *support.cells_[label];
    const uint32_t before = cells.size();
    cells.Insert(CellIndex::Cell{int(rows[row + 1]), int(rows[row + 2]), int(rows[row + 3])});
    if (cells.size() == before) return std::nullopt;
  }
  return support;
}

}  // namespace sanerf::mask_aggregator
