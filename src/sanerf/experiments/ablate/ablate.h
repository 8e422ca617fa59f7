// The ablation of paper 4.4: every variant of every study on every scene, segmented and scored in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/ablate/ablate_results.h"
#include "sanerf/experiments/ablate/ablate_scene.h"
#include "sanerf/experiments/settings.h"

namespace sanerf::experiments {

// Radiance fields and encoded views are computed once and shared. A row that fails is a row with its reason
// (FailedTrials); Error when all fail, WriteError. settings: what the variants start from; nerf and scene only where a
// scene is trained here. Writes a file into OUT/results after every row, OUT/tables.md, OUT/rows.csv and
// OUT/ablation.json at the end.
AblationResult Ablate(const AblateRequest& request, const ExperimentSettings& settings, const Job& job);

}  // namespace sanerf::experiments
