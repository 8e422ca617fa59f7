#include "sanerf/nn/training_step.h"

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/parallel.h"

namespace sanerf::nn {
namespace {

void StepNetworks(const FieldParameters& field, std::span<const FieldGradient* const> groups, kernels::AdamStep adam) {
  adam.lr *= field.network_rate;
  for (size_t n = 0; n < field.networks.size(); ++n) {
    Parameters& params = *field.networks[n];
    for (const FieldGradient* group : groups)
      for (int64_t i = 0; i < params.size(); ++i) params.grads[i] += group->networks[n][i];
    StepParameters(&params, adam);
  }
}

}  // namespace

void FieldGradient::Clear(std::span<const Parameters* const> of_networks) {
  networks.resize(of_networks.size());
  for (size_t n = 0; n < networks.size(); ++n) {
    networks[n].Reserve(of_networks[n]->size());
    networks[n].Fill(0);
  }
}

void FieldParameters::PrepareTraining() const {
  grid->params().PrepareTraining();
  for (const OtherGrid& other : more_grids) other.grid->params().PrepareTraining();
  for (Parameters* network : networks) network->PrepareTraining();
}

void FieldParameters::Freeze() const {
  grid->params().Freeze();
  for (const OtherGrid& other : more_grids) other.grid->params().Freeze();
  for (Parameters* network : networks) network->Freeze();
}

void StepField(const FieldParameters& field, std::span<const FieldGradient* const> groups,
               const kernels::AdamStep& adam) {
  kernels::AdamStep sparse = adam;
  sparse.skip_zero = true;
  struct LevelOf {
    size_t grid;  // 0: the field's own, then the others
    int level;
  };
  std::vector<LevelOf> levels;
  const auto grid_of = [&](size_t i) { return i == 0 ? field.grid : field.more_grids[i - 1].grid; };
  for (size_t i = 0; i <= field.more_grids.size(); ++i)
    for (int level = grid_of(i)->shape().num_levels - 1; level >= 0; --level)  // the fine, slow ones first
      levels.push_back({i, level});
  ParallelFor(int64_t(levels.size()) + 1, [&](int64_t job) {
    if (job == 0) return StepNetworks(field, groups, adam);
    const LevelOf& of = levels[size_t(job - 1)];
    HashGrid* grid = grid_of(of.grid);
    for (const FieldGradient* group : groups)
      grid->BackwardLevel(of.level, of.grid == 0 ? group->grid : group->more_grids[of.grid - 1]);
    kernels::AdamStep step = sparse;
    if (of.grid > 0) step.lr *= field.more_grids[of.grid - 1].rate;
    grid->StepLevel(of.level, step);
  });
}

void StepField(const FieldParameters& field, std::span<const FieldGradient> groups, const kernels::AdamStep& adam) {
  std::vector<const FieldGradient*> pointers;
  for (const FieldGradient& group : groups) pointers.push_back(&group);
  StepField(field, pointers, adam);
}

void StepParameters(Parameters* params, const kernels::AdamStep& adam) { params->Step(adam, 0, params->size()); }

void StepRows(Parameters* params, int width, std::span<const uint32_t> rows, const kernels::AdamStep& adam) {
  for (const uint32_t row : rows) params->Step(adam, int64_t(row) * width, int64_t(row + 1) * width);
}

void CheckLoss(double loss, const std::string& where, const std::string& rate_option) {
  if (!std::isfinite(loss))
    throw Error(where, "the loss is not a number", "lower the learning rate: --set " + rate_option + "=0.003");
}

}  // namespace sanerf::nn
