// The radiance field's checkpoint: what the model needs, and what continuing its training needs.
#pragma once

#include "sanerf/nerf/model.h"
#include "sanerf/nerf/options.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf {

inline constexpr char kNerfCheckpointKind[] = "nerf";

kernels::MarchOptions MarchOptionsFor(const NerfOptions& options, double extent, double near);

void WriteModel(const NerfModel& model, const NerfOptions& options, CheckpointWriter* writer);

// Throws Error, naming the first option that differs, when the checkpoint was made with other options or another frame.
void CheckSameTraining(const CheckpointReader& reader, const std::filesystem::path& path, const NerfOptions& options,
                       const Similarity& model_from_file);

}  // namespace sanerf
