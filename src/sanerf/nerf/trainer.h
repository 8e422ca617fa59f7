// Fits the radiance field to the photos (paper section A).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/nerf/batch_gradient.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

struct NerfStepResult {
  double loss = 0, psnr = 0;  // of the batch
  int64_t num_rays = 0, num_samples = 0;
};

class NerfTrainer {
 public:
  NerfTrainer(const scene::Scene& scene, const NerfOptions& options, const Job& job)
      : NerfTrainer(scene, options, {}, job) {}
  // inside: a folder with masks of the one thing that is to be learned (pixel_uses.h); "" = everything is.
  NerfTrainer(const scene::Scene& scene, const NerfOptions& options, const std::filesystem::path& inside,
              const Job& job);
  ~NerfTrainer();

  NerfStepResult Step();  // throws Error when the loss is not a number
  int64_t step() const { return step_; }
  const TrainingPhotos& photos() const { return photos_; }
  // How often each photo is drawn from the next step on ([0, 1], by photo); kept in checkpoints.
  void SetPhotoWeights(std::vector<float> weights);
  const std::vector<float>& photo_weights() const { return photo_weights_; }  // empty before they are first set
  int64_t weighed_step() const { return weighed_step_; }                      // when that was last; -1 = never
  const Exposure* exposure() const { return exposure_.get(); }                // null when it is not learned
  NerfModel Model() const;      // shares the weights: what it renders changes with the next step
  NerfModel CopyModel() const;  // with weights of its own; between two steps

  // finished: without the optimizer's state, a third of the size. Otherwise Resume continues bit for bit.
  void Save(const std::filesystem::path& path, bool finished) const;
  // Throws Error when the checkpoint belongs to other options or another scene.
  void Resume(const std::filesystem::path& path);

 private:
  void ComputeGroups(int64_t num_rays);
  void AddBackground(Random* random, RayGroup* group) const;
  void ApplyGradients();
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
  std::unique_ptr<Exposure> exposure_;  // null: all photos are equally bright
  TraceOptions trace_;
  RayLossOptions loss_;
  int64_t step_ = 0, rays_per_step_;
  float step_scale_ = 4;  // on the marching steps
  std::vector<float> photo_weights_;
  int64_t weighed_step_ = -1;
  size_t num_groups_ = 0;
  std::vector<GroupGradient> groups_;
  WorkerPool<BatchGradient> workers_;
};

}  // namespace sanerf::nerf
