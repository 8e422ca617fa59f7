// How much memory a training takes at its peak.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// Bytes. Throws UsageError for a hash grid that cannot be.
double TrainingBytes(const scene::Scene& scene, const NerfOptions& options, int num_threads);
// Throws Error that says which option to lower when that is more than there is.
void CheckTrainingMemory(const scene::Scene& scene, const NerfOptions& options, const Job& job);

}  // namespace sanerf::nerf
