#include "sanerf/nerf/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/nerf/common_sight.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/nerf_checkpoint.h"
#include "sanerf/nerf/view_support.h"
#include "sanerf/nn/total_variation.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::nerf {

using nn::Parameters;

namespace {
constexpr int64_t kGroupRays = 128;  // a group's activations stay in the second- and third-level caches
constexpr int64_t kFirstRays = 256, kFewestRays = 64, kMaxRays = 1 << 16;
constexpr int64_t kWarmUpSteps = 50;
constexpr double kLongRay = 100;  // samples
constexpr float kCoarsest = 8;
constexpr int64_t kRaysPerPointRay = 8;  // one ray of so many goes through an observed point, where they are used
constexpr int kVariationCells = 4096;    // of each coarse level, every step
enum Stream : uint64_t { kRayStream = 1, kOccupancyStream = 2, kVariationStream = 3 };

std::unique_ptr<PhotoAppearance> AppearanceOf(const scene::Scene& scene, const TrainingPhotos& photos,
                                              Appearance kind) {
  if (kind == Appearance::kNone) return nullptr;
  std::vector<std::string> names;
  for (const int view : photos.view_idxs()) names.push_back(scene.views[size_t(view)].name);
  return std::make_unique<PhotoAppearance>(kind, std::move(names));
}

// What the cameras look at together lies in [-1, 1]^3.
std::vector<float> OcclusionEnds(const std::vector<Camera>& cameras, double near, float share, const Job& job) {
  double farthest = 0;
  for (const Camera& camera : cameras) farthest = std::max(farthest, camera.center().norm());
  std::vector<float> ends = CommonSightDistances(cameras, {near, farthest + std::sqrt(3.0)}, job);
  for (float& end : ends) end *= share;
  return ends;
}

}  // namespace

NerfTrainer::NerfTrainer(const scene::Scene& scene, const NerfOptions& o, const Job& job)
    : options_((CheckOptions(o, "nerf"), o)),
      model_from_file_(scene.model_from_file),
      has_alpha_(scene.has_alpha),
      photos_(scene, o.downscale, job),
      field_(std::make_shared<RadianceField>(o, scene.extent > 1, uint64_t(o.seed))),
      occupancy_(
          std::make_shared<OccupancyGrid>(o.occupancy_resolution, 1 + int(std::lround(std::log2(scene.extent))))),
      trace_{MarchOptionsFor(o, scene.extent, scene.near), 1e-4f},
      rays_per_step_(kFirstRays) {
  loss_ = {o.loss == PhotoLoss::kHuber,
           o.huber_delta,
           o.distortion,
           o.near_gradients,
           o.occlusion,
           o.ray_end,
           o.point_depth};
  appearance_ = AppearanceOf(scene, photos_, o.appearance);
  if (o.occlusion > 0) occlusion_ends_ = OcclusionEnds(photos_.cameras(), scene.near, o.occlusion_range, job);
  if (o.point_depth > 0) points_ = std::make_unique<ObservedPoints>(scene, photos_);
  if (points_ && points_->empty()) points_ = nullptr;
  for (Parameters* p : Trained()) p->PrepareTraining();
  occupancy_->CullUnseen(photos_.cameras(), job);
  OpenLevels();
}

NerfTrainer::~NerfTrainer() = default;

std::vector<Parameters*> NerfTrainer::Trained() const {
  std::vector<Parameters*> trained = {&field_->grid.params(), &field_->density.params(), &field_->color.params()};
  if (appearance_) trained.push_back(&appearance_->params());
  return trained;
}

double NerfTrainer::LearningRate() const {
  const double warm_up = std::min(1.0, double(step_ + 1) / kWarmUpSteps);
  return options_.lr * warm_up * nn::DecayedRate(double(options_.lr_final), step_, options_.iters);
}

// Grows to its full weight half way: from the start it would keep thin fog from gathering into surfaces.
float NerfTrainer::DistortionWeight() const {
  return options_.distortion * std::min(1.0f, 2 * float(step_) / float(std::max(1, options_.iters)));
}

// Every random number is a function of (seed, step, ray).
void NerfTrainer::DrawRay(int64_t ray, RayGroup* group) const {
  Random random(uint64_t(options_.seed), uint64_t(step_), uint64_t(ray) * 4 + kRayStream);
  PointOnRay<float> point;
  if (points_ && ray % kRaysPerPointRay == 0) {
    const Observation& seen = points_->Draw(&random);
    point = {seen.distance, seen.weight};
    group->rays.push_back(photos_.RayOf(seen.photo, seen.x, seen.y));
  } else {
    group->rays.push_back(photos_.Draw(&random));
  }
  group->jitter.push_back(random.NextFloat());
  for (int c = 0; c < 3; ++c) group->backgrounds.push_back(random.NextFloat());
  const TrainingRay& drawn = group->rays.back();
  if (appearance_) group->looks.push_back(appearance_->Look(drawn.photo, drawn.across, drawn.down));
  if (!occlusion_ends_.empty()) group->occlusion_ends.push_back(occlusion_ends_[size_t(drawn.photo)]);
  if (points_) group->points.push_back(point);
}

// Groups of rays in parallel.
void NerfTrainer::ComputeGroups(int64_t num_rays) {
  num_groups_ = size_t((num_rays + kGroupRays - 1) / kGroupRays);
  if (groups_.size() < num_groups_) groups_.resize(num_groups_);
  ParallelFor(int64_t(num_groups_), [&](int64_t g) {
    const int64_t begin = g * kGroupRays, count = std::min(kGroupRays, num_rays - begin);
    RayGroup group;
    for (int64_t i = 0; i < count; ++i) DrawRay(begin + i, &group);
    const auto worker =
        workers_.Take([&] { return std::make_unique<BatchGradient>(*field_, *occupancy_, trace_, loss_); });
    worker->Compute(group, {1.0f / float(num_rays), step_scale_, DistortionWeight()}, &groups_[size_t(g)]);
  });
}

// Before the photos' gradients are added and the levels take their steps.
void NerfTrainer::AddCoarseVariation() {
  if (!(options_.coarse_tv > 0)) return;
  nn::HashGrid& grid = field_->grid;
  ParallelFor(nn::NumDenseLevels(grid), [&](int64_t level) {
    const std::vector<float>& weights = grid.level_weights();
    if (!weights.empty() && weights[size_t(level)] == 0) return;
    const uint64_t seed = uint64_t(options_.seed) ^ uint64_t(kVariationStream) << 32;
    nn::AddTotalVariation({int(level), kVariationCells, seed, uint64_t(step_)}, options_.coarse_tv, &grid);
  });
}

void NerfTrainer::ApplyGradients(int64_t num_rays) {
  const kernels::AdamStep adam{.lr = float(LearningRate()), .step = step_ + 1};
  std::vector<const nn::FieldGradient*> gradients;
  for (size_t g = 0; g < num_groups_; ++g) gradients.push_back(&groups_[g].field);
  AddCoarseVariation();
  nn::StepField(field_->trainable(), gradients, adam);
  if (!appearance_) return;
  for (size_t g = 0; g < num_groups_; ++g) appearance_->AddGradients(groups_[g].grad_looks);
  appearance_->Step(adam, num_rays, {options_.appearance_identity, options_.appearance_tv});
}

NerfStepResult NerfTrainer::Step() {
  const int64_t num_rays = rays_per_step_;
  ComputeGroups(num_rays);
  NerfStepResult result;
  result.num_rays = num_rays;
  double squared = 0;
  for (size_t g = 0; g < num_groups_; ++g) {
    nn::CheckLoss(
        groups_[g].field.loss,
        fmt::format("training step {}, rays {} to {}", step_, int64_t(g) * kGroupRays, int64_t(g + 1) * kGroupRays - 1),
        "nerf.lr");
    result.loss += groups_[g].field.loss;
    squared += groups_[g].squared;
    result.num_samples += groups_[g].num_samples;
  }
  result.psnr = -10 * std::log10(std::max(1e-10, squared / double(3 * num_rays)));
  for (size_t g = 0; g < num_groups_; ++g) occupancy_->Observe(groups_[g].seen);
  ApplyGradients(num_rays);
  ++step_;
  OpenLevels();
  if (step_ % options_.occupancy_every == 0)
    occupancy_->Update(*field_, trace_.march.step, uint64_t(options_.seed) ^ kOccupancyStream << 32,
                       step_ / options_.occupancy_every - 1);
  AdaptBatch(result);
  return result;
}

// Keeps the number of samples per step where it was asked for: by coarser marching while rays are long because nothing
// has been found to be empty yet, then by the number of rays.
void NerfTrainer::AdaptBatch(const NerfStepResult& result) {
  const double per_ray = double(result.num_samples) / double(result.num_rays);
  if (per_ray > kLongRay) step_scale_ = std::min(kCoarsest, step_scale_ * 1.2f);
  if (per_ray < 0.6 * kLongRay) step_scale_ = std::max(1.0f, step_scale_ / 1.2f);
  const double wanted =
      double(result.num_rays) * options_.batch_samples / std::max<double>(1, double(result.num_samples));
  const double bounded = std::clamp(wanted, 0.7 * double(result.num_rays), 1.4 * double(result.num_rays));
  rays_per_step_ = std::clamp(int64_t(bounded), kFewestRays, kMaxRays);
}

NerfModel NerfTrainer::Model() const {
  NerfModel model;
  model.field_ = field_;
  model.occupancy_ = occupancy_;
  model.trace_ = trace_;
  model.trace_.stop_transmittance = kRenderStop;
  model.model_from_file_ = model_from_file_;
  model.step_ = step_;
  for (int c = 0; c < 3; ++c) model.background_[c] = has_alpha_ ? 1 : photos_.mean_rgb()[c];
  return model;
}

NerfModel NerfTrainer::CopyModel() const {
  NerfModel model = Model();
  model.field_ = field_->FrozenCopy(options_);
  model.occupancy_ = std::make_shared<const OccupancyGrid>(occupancy_->FrozenCopy());
  return model;
}

void NerfTrainer::Prune(const Job& job) {
  if (options_.prune_below == 0) return;
  const int64_t before = occupancy_->NumOccupied();
  const NerfModel model = Model();
  const int64_t emptied =
      PruneUnsupported(ModelAccess::Traced(model), photos_.cameras(), options_.prune_below, occupancy_.get(), job);
  job.Info(fmt::format("pruned {} of {} that fewer than {} see", emptied, Counted(before, "occupied cell"),
                       Counted(options_.prune_below, "photo")));
}

void NerfTrainer::Save(const std::filesystem::path& path, bool finished) const {
  nn::CheckpointWriter writer;
  const NerfModel model = Model();
  WriteNerf(ModelAccess::Traced(model), model_from_file_, options_, &writer);
  (*writer.meta)["step"] = step_;
  (*writer.meta)["rays_per_step"] = rays_per_step_;
  (*writer.meta)["step_scale"] = step_scale_;
  (*writer.meta)["finished"] = finished;
  if (appearance_) appearance_->AddTo(&writer);
  if (!finished) {
    occupancy_->AddDensityTo(&writer);
    for (const Parameters* p : Trained()) {
      writer.Add(p->name + ".m", p->m.span());
      writer.Add(p->name + ".v", p->v.span());
    }
  }
  writer.Write(path);
}

void NerfTrainer::Resume(const std::filesystem::path& path) {
  const nn::CheckpointReader reader(path, kNerfCheckpointKind);
  CheckSameTraining(reader, path, options_, model_from_file_);
  field_->ReadFrom(reader);
  occupancy_->ReadBits(reader);
  occupancy_->ReadDensity(reader);
  if (appearance_) appearance_->ReadValues(reader);
  for (Parameters* p : Trained()) {
    reader.ReadFinite(p->name + ".m", p->m.span());
    reader.ReadFinite(p->name + ".v", p->v.span());
  }
  try {
    const JsonCursor header(reader.meta(), path.string() + ": damaged checkpoint header");
    step_ = header["step"].IntegerIn(0, options_.iters);
    rays_per_step_ = header["rays_per_step"].IntegerIn(kFewestRays, kMaxRays);
    step_scale_ = float(header["step_scale"].NumberIn(1, kCoarsest));
  } catch (const Error& e) {
    throw Error(e.what(), "", "train again");
  }
  OpenLevels();
}

}  // namespace sanerf::nerf
