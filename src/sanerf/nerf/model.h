// A trained radiance field and how to look at it.
#pragma once

#include <filesystem>
#include <memory>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/nerf/field.h"
#include "sanerf/nerf/occupancy_grid.h"
#include "sanerf/nerf/options.h"
#include "sanerf/nerf/ray_tracer.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf {

struct RenderedView {
  ImageF rgb;      // 3 channels, sRGB-encoded [0, 1], over the model's background
  ImageF depth;    // z-depth in file units where half of the light is absorbed (median); 0 where opacity < 0.5
  ImageF opacity;  // 1 channel [0, 1]
};

// Field, occupancy, frames and background: everything of RUN/nerf/model.ckpt that later stages need. Immutable.
class NerfModel {
 public:
  // Throws Error (missing, truncated, wrong kind or newer version).
  static NerfModel Load(const std::filesystem::path& checkpoint);

  // camera: file frame. Parallel inside.
  RenderedView Render(const Camera& camera) const;

  const Similarity& model_from_file() const { return model_from_file_; }
  uint64_t Fingerprint() const { return fingerprint_; }  // changes whenever the weights do; 0 for a model in training
  bool finished() const { return finished_; }            // false: the checkpoint of an interrupted training

  bool contracted() const { return field_->contracted(); }  // the scene reaches beyond [-1, 1]^3

  // For tracing and its measurements.
  const RadianceField& field() const { return *field_; }
  const OccupancyGrid& occupancy() const { return *occupancy_; }
  const TraceOptions& trace_options() const { return trace_; }
  const float* background() const { return background_; }
  TracedField traced() const { return {*field_, *occupancy_, trace_, background_}; }

 private:
  friend class NerfTrainer;
  NerfModel() = default;
  std::shared_ptr<const RadianceField> field_;
  std::shared_ptr<const OccupancyGrid> occupancy_;
  TraceOptions trace_;
  Similarity model_from_file_;
  float background_[3] = {0, 0, 0};
  uint64_t fingerprint_ = 0;
  bool finished_ = false;
};

// ---- The checkpoint, for the trainer: what the model needs and, beside it, what continuing the training needs.

inline constexpr float kRenderStop = 1e-3f;  // TraceOptions::stop_transmittance of a model
inline constexpr char kNerfCheckpointKind[] = "nerf";

kernels::MarchOptions MarchOptionsFor(const NerfOptions& options, double extent, double near);

void WriteModel(const NerfModel& model, const NerfOptions& options, CheckpointWriter* writer);

// Throws Error, naming the first option that differs, when the checkpoint was made with other options or another frame.
void CheckSameTraining(const CheckpointReader& reader, const std::filesystem::path& path, const NerfOptions& options,
                       const Similarity& model_from_file);

}  // namespace sanerf
