#include "sanerf/mask_aggregator/label_prior.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"

namespace sanerf::mask_aggregator {

namespace {

constexpr float kSmoothing = 1;  // votes that every cell starts with, shared by the labels: the light of one ray
constexpr float kSmallestShare = 0.02f;  // a vote is never more confident than the field can correct
// What the hundredth part of one ray's light says: less is nothing. A draw of many votes is hardly ever as close.
constexpr float kSmallestLogit = 0.01f;

}  // namespace

LabelPrior::LabelPrior(CellIndex cells, int num_labels, const std::vector<float>& votes)
    : LabelPrior(std::move(cells), num_labels) {
  const size_t n = size_t(num_labels);
  SANERF_CHECK_EQ(votes.size(), size_t(cells_.size()) * n);
  std::vector<float> logits(votes.size());
  for (size_t row = 0; row < votes.size(); row += n) {
    float total = kSmoothing, mean = 0;
    for (size_t l = 0; l < n; ++l) total += votes[row + l];
    for (size_t l = 0; l < n; ++l) {
      const float share = (votes[row + l] + kSmoothing / float(n)) / total;
      logits[row + l] = std::log(std::max(share, kSmallestShare));
      mean += logits[row + l] / float(n);
    }
    for (size_t l = 0; l < n; ++l) logits[row + l] -= mean;
  }
  TakeLogits(std::move(logits));
}

void LabelPrior::TakeLogits(std::vector<float> logits) {
  logits_ = std::move(logits);
  has_votes_.assign(logits_.size() / size_t(num_labels_), 0);
  for (size_t i = 0; i < logits_.size(); ++i)
    if (std::fabs(logits_[i]) > kSmallestLogit) has_votes_[i / size_t(num_labels_)] = 1;
}

float LabelPrior::AddTo(const float* position, float scale, float* logits) const {
  const auto corners = TrilinearCorners(position, cells_.cells_per_axis());
  uint32_t found[8];
  float sum = 0, voted = 0;
  for (size_t i = 0; i < 8; ++i) {
    found[i] = corners[i].weight > 0 ? cells_.Find(corners[i].cell) : CellIndex::kNone;
    if (found[i] != CellIndex::kNone) sum += corners[i].weight;
  }
  for (size_t i = 0; i < 8; ++i) {
    if (found[i] == CellIndex::kNone) continue;
    const float* row = &logits_[size_t(found[i]) * size_t(num_labels_)];
    const float factor = scale * corners[i].weight / sum;
    for (int l = 0; l < num_labels_; ++l) logits[l] += factor * row[l];
    if (has_votes_[found[i]] != 0) voted += corners[i].weight;
  }
  return sum > 0 ? voted / sum : 0;
}

std::vector<float> LabelPrior::Coordinates() const {
  std::vector<float> coordinates;
  coordinates.reserve(size_t(3) * cells_.size());
  for (uint32_t number = 0; number < cells_.size(); ++number)
    for (const int c : cells_.CellAt(number)) coordinates.push_back(float(c));
  return coordinates;
}

LabelPrior LabelPrior::FromLogits(int cells_per_axis, const std::vector<float>& coordinates, int num_labels,
                                  std::vector<float> logits) {
  SANERF_CHECK_EQ(coordinates.size() / 3 * size_t(num_labels), logits.size());
  CellIndex cells(cells_per_axis);
  for (size_t i = 0; i + 2 < coordinates.size(); i += 3)
    cells.Insert(CellIndex::Cell{int(coordinates[i]), int(coordinates[i + 1]), int(coordinates[i + 2])});
  LabelPrior prior(std::move(cells), num_labels);
  prior.TakeLogits(std::move(logits));
  return prior;
}

}  // namespace sanerf::mask_aggregator
