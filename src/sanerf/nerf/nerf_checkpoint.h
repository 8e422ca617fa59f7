// RUN/nerf/model.ckpt: what a model needs and, beside it, what continuing its training needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "sanerf/core/geometry.h"
#include "sanerf/nerf/options.h"
#include "sanerf/nerf/photo_appearance.h"
#include "sanerf/nerf/traced_field.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::nerf {

inline constexpr char kNerfCheckpointKind[] = "nerf";

struct StoredNerf {
  std::shared_ptr<const RadianceField> field;
  std::shared_ptr<const OccupancyGrid> occupancy;
  std::shared_ptr<const PhotoAppearance> appearance;  // null: none
  TraceOptions trace;
  Similarity model_from_file;
  float background[3] = {0, 0, 0};
  bool finished = false;
  int64_t step = 0;
  uint64_t fingerprint = 0;
};
// Throws Error (missing, truncated, wrong kind or newer version, values that cannot be).
StoredNerf ReadNerf(const std::filesystem::path& path);

// Kind, meta and tensors that ReadNerf reads. The writer only refers to the field's numbers: write before they change.
void WriteNerf(const TracedField& traced, const Similarity& model_from_file, const NerfOptions& options,
               nn::CheckpointWriter* writer);

// Throws Error, naming the first option that differs, when the checkpoint was made with other options or another frame.
void CheckSameTraining(const nn::CheckpointReader& reader, const std::filesystem::path& path,
                       const NerfOptions& options, const Similarity& model_from_file);

}  // namespace sanerf::nerf
