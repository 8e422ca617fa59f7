// How much memory a training takes at its peak.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/core/memory_limits.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// Bytes. Throws UsageError for a hash grid that cannot be.
double TrainingBytes(const scene::Scene& scene, const NerfOptions& options, int num_threads);
// The least nerf.downscale, from that of the options on, that needs no more than so many bytes; 0 when none does.
int DownscaleThatFits(const scene::Scene& scene, const NerfOptions& options, int num_threads, double bytes);
// Says what that is when it is much of what there is. Throws Error that says which option to lower, and to what, when
// it is more.
void CheckTrainingMemory(const scene::Scene& scene, const NerfOptions& options, const Job& job);
void CheckTrainingMemory(const scene::Scene& scene, const NerfOptions& options, const MemoryRoom& room, const Job& job);

}  // namespace sanerf::nerf
