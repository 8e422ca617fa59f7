// Fits the radiance field to the photos (paper section A).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/nerf/batch_gradient.h"
#include "sanerf/nerf/level_window.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/observed_points.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

struct NerfStepResult {
  double loss = 0, psnr = 0;  // of the batch
  int64_t num_rays = 0, num_samples = 0;
};

class NerfTrainer {
 public:
  NerfTrainer(const scene::Scene& scene, const NerfOptions& options, const Job& job);
  ~NerfTrainer();

  NerfStepResult Step();  // throws Error when the loss is not a number
  int64_t step() const { return step_; }
  const PhotoAppearance* appearance() const { return appearance_.get(); }  // null when it is not learned
  NerfModel Model() const;      // shares the weights: what it renders changes with the next step
  NerfModel CopyModel() const;  // with weights of its own; between two steps

  // After the last step: empties what fewer photos than nerf.prune_below see (view_support.h); nothing without it.
  // Throws InterruptedError before anything has changed.
  void Prune(const Job& job);

  // finished: without the optimizer's state, a third of the size. Otherwise Resume continues bit for bit.
  void Save(const std::filesystem::path& path, bool finished) const;
  // Throws Error when the checkpoint belongs to other options or another scene.
  void Resume(const std::filesystem::path& path);

 private:
  void DrawRay(int64_t ray, RayGroup* group) const;
  void ComputeGroups(int64_t num_rays);
  void AddCoarseVariation();
  void OpenLevels() { field_->grid.SetLevelWeights(LevelWeights(options_, step_)); }
  void ApplyGradients(int64_t num_rays);
  void AdaptBatch(const NerfStepResult& result);
  std::vector<nn::Parameters*> Trained() const;  // all that the optimizer moves
  double LearningRate() const;
  float DistortionWeight() const;

  NerfOptions options_;
  Similarity model_from_file_;
  bool has_alpha_;
  TrainingPhotos photos_;
  std::shared_ptr<RadianceField> field_;
  std::shared_ptr<OccupancyGrid> occupancy_;
  std::unique_ptr<PhotoAppearance> appearance_;  // null: all photos show the same light
  std::unique_ptr<ObservedPoints> points_;       // null: none, or they are not used
  std::vector<float> occlusion_ends_;            // by photo; empty without that penalty
  TraceOptions trace_;
  RayLossOptions loss_;
  int64_t step_ = 0, rays_per_step_;
  float step_scale_ = 4;  // on the marching steps
  size_t num_groups_ = 0;
  std::vector<GroupGradient> groups_;
  WorkerPool<BatchGradient> workers_;
};

}  // namespace sanerf::nerf
