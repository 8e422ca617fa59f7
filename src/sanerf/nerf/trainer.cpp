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
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/nerf_checkpoint.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::nerf {

using nn::Parameters;

namespace {
constexpr int64_t kGroupRays = 128;  // a group's activations stay in the second- and third-level caches
constexpr int64_t kFirstRays = 256, kFewestRays = 64, kMaxRays = 1 << 16;
constexpr int64_t kWarmUpSteps = 50;
constexpr double kLongRay = 100;  // samples
constexpr float kCoarsest = 8;
constexpr char kWeightsName[] = "photo_weights";
enum Stream : uint64_t { kRayStream = 1, kOccupancyStream = 2 };

}  // namespace

NerfTrainer::NerfTrainer(const scene::Scene& scene, const NerfOptions& o, const std::filesystem::path& inside,
                         const Job& job)
    : options_((CheckOptions(o, "nerf"), o)),
      model_from_file_(scene.model_from_file),
      has_alpha_(scene.has_alpha),
      photos_(scene, o.downscale, PhotoUse{o.turntable, o.outside, inside}, job),
      field_(std::make_shared<RadianceField>(o, scene.extent > 1, uint64_t(o.seed))),
      occupancy_(
          std::make_shared<OccupancyGrid>(o.occupancy_resolution, 1 + int(std::lround(std::log2(scene.extent))))),
      trace_{MarchOptionsFor(o, scene.extent, scene.near), 1e-4f},
      rays_per_step_(kFirstRays) {
  loss_ = {o.loss == PhotoLoss::kHuber, o.huber_delta, o.distortion, o.near_gradients};
  if (o.exposure) exposure_ = std::make_unique<Exposure>(photos_.cameras().size());
  for (Parameters* p : Trained()) p->PrepareTraining();
  occupancy_->CullUnseen(photos_.cameras(), job);
}

NerfTrainer::~NerfTrainer() = default;

std::vector<Parameters*> NerfTrainer::Trained() const {
  std::vector<Parameters*> trained = {&field_->grid.params(), &field_->density.params(), &field_->color.params()};
  if (exposure_) trained.push_back(&exposure_->params());
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

// Behind a ray shows a random color, so that only what is opaque can have the photo's; behind a turntable's thing the
// backdrop. Where the photo shows that for certain, both are moved by the same random amount d: the residual
// C + T b - photo becomes C + T (b + d) - (photo + d), the same but for -(1 - T) d, so that a ray that is not empty
// costs (1 - T)^2 times the variance of d, whatever its color.
void NerfTrainer::AddBackground(Random* random, RayGroup* group) const {
  TrainingRay& ray = group->rays.back();
  for (int c = 0; c < 3; ++c) {
    float background = random->NextFloat();
    if (ray.behind.is_known) {
      const float shift = ray.behind.is_shown ? options_.turntable_push * (background - 0.5f) : 0;
      background = ray.behind.rgb[c] + shift;
      ray.rgb[c] += shift;
    }
    group->backgrounds.push_back(background);
  }
}

void NerfTrainer::SetPhotoWeights(std::vector<float> weights) {
  photos_.SetWeights(weights);
  photo_weights_ = std::move(weights);
  weighed_step_ = step_;
}

// Groups of rays in parallel; every random number is a function of (seed, step, ray).
void NerfTrainer::ComputeGroups(int64_t num_rays) {
  num_groups_ = size_t((num_rays + kGroupRays - 1) / kGroupRays);
  if (groups_.size() < num_groups_) groups_.resize(num_groups_);
  ParallelFor(int64_t(num_groups_), [&](int64_t g) {
    const int64_t begin = g * kGroupRays, count = std::min(kGroupRays, num_rays - begin);
    RayGroup group;
    for (int64_t i = 0; i < count; ++i) {
      Random random(uint64_t(options_.seed), uint64_t(step_), uint64_t(begin + i) * 4 + kRayStream);
      group.rays.push_back(photos_.Draw(&random));
      group.jitter.push_back(random.NextFloat());
      AddBackground(&random, &group);
      if (!exposure_) continue;
      for (int c = 0; c < 3; ++c) group.gains.push_back(exposure_->Gain(group.rays.back().photo, c));
    }
    const auto worker =
        workers_.Take([&] { return std::make_unique<BatchGradient>(*field_, *occupancy_, trace_, loss_); });
    worker->Compute(group, {1.0f / float(num_rays), step_scale_, DistortionWeight()}, &groups_[size_t(g)]);
  });
}

void NerfTrainer::ApplyGradients() {
  const kernels::AdamStep adam{.lr = float(LearningRate()), .step = step_ + 1};
  std::vector<const nn::FieldGradient*> gradients;
  for (size_t g = 0; g < num_groups_; ++g) gradients.push_back(&groups_[g].field);
  nn::StepField(field_->trainable(), gradients, adam);
  for (size_t g = 0; exposure_ && g < num_groups_; ++g) exposure_->AddGradients(groups_[g].grad_gains);
  if (exposure_) exposure_->Step(adam);
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
  ApplyGradients();
  ++step_;
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

void NerfTrainer::Save(const std::filesystem::path& path, bool finished) const {
  nn::CheckpointWriter writer;
  const NerfModel model = Model();
  WriteNerf(ModelAccess::Traced(model), model_from_file_, options_, &writer);
  (*writer.meta)["step"] = step_;
  (*writer.meta)["rays_per_step"] = rays_per_step_;
  (*writer.meta)["step_scale"] = step_scale_;
  (*writer.meta)["finished"] = finished;
  if (!photo_weights_.empty()) {
    writer.Add(kWeightsName, photo_weights_);
    (*writer.meta)["weighed_step"] = weighed_step_;
  }
  if (!finished) {
    occupancy_->AddDensityTo(&writer);
    if (exposure_) writer.Add(exposure_->params().name, exposure_->params().values.span());
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
  if (exposure_) reader.ReadFinite(exposure_->params().name, exposure_->params().values.span());
  for (Parameters* p : Trained()) {
    reader.ReadFinite(p->name + ".m", p->m.span());
    reader.ReadFinite(p->name + ".v", p->v.span());
  }
  try {
    const JsonCursor header(reader.meta(), path.string() + ": damaged checkpoint header");
    step_ = header["step"].IntegerIn(0, options_.iters);
    rays_per_step_ = header["rays_per_step"].IntegerIn(kFewestRays, kMaxRays);
    step_scale_ = float(header["step_scale"].NumberIn(1, kCoarsest));
    if (reader.Has(kWeightsName)) {
      std::vector<float> weights(photos_.cameras().size());
      reader.ReadFinite(kWeightsName, weights);
      const auto is_weight = [](float weight) { return weight >= 0 && weight <= 1; };
      if (!std::all_of(weights.begin(), weights.end(), is_weight) ||
          *std::max_element(weights.begin(), weights.end()) == 0)
        throw Error(path.string() + ": damaged checkpoint", "a photo's weight is not between 0 and 1", "");
      SetPhotoWeights(std::move(weights));
      weighed_step_ = header["weighed_step"].IntegerIn(0, step_);
    }
  } catch (const Error& e) {
    throw Error(e.what(), "", "train again");
  }
}

}  // namespace sanerf::nerf
