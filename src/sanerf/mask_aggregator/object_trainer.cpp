#include "sanerf/mask_aggregator/object_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/random.h"
#include "sanerf/core/step_log.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/nn/training_loop.h"

namespace sanerf::mask_aggregator {

namespace {

constexpr uint64_t kRegionStream = uint64_t{1} << 32;
constexpr int kLaterShare =
    32;  // rays near the objects that later masks get, as a share of what the first got: one in 32

void CheckLabels(const std::vector<LabelView>& views, int num_labels) {
  if (std::all_of(views.begin(), views.end(), [](const LabelView& view) { return view.labels.empty(); }))
    throw Error("no view has a usable mask", "every view rejected the prompts",
                "see views.json for the reason of each view");
  std::vector<int64_t> counts(256, 0);
  for (const LabelView& view : views)
    for (const uint8_t label : view.labels.data) ++counts[label];
  for (int l = num_labels; l < kIgnoreLabel; ++l)
    if (counts[size_t(l)] > 0)
      throw Error(fmt::format("label {} in a mask, but only {}", l, Counted(num_labels, "label")));
}

}  // namespace

ObjectTrainer::ObjectTrainer(const nerf::NerfModel& nerf, std::vector<Camera> cameras, const AggregatorOptions& options,
                             const Job& job)
    : nerf_(nerf),
      options_((CheckOptions(options, "object"), options)),
      pool_(TraceAnywhere(nerf, cameras, options.pool_rays / 2, uint64_t(options.seed), job)),
      num_anywhere_(pool_.size()) {
  for (Camera& camera : cameras) views_.push_back({camera, ImageU8()});
  if (options_.rgb.weight > 0) error_maps_ = ErrorMaps(cameras);
}

void ObjectTrainer::Ignore(std::vector<ImageU8> ignored) {
  SANERF_CHECK(ignored.size() == views_.size() && num_mask_sets_ == 0);
  for (size_t v = 0; v < views_.size(); ++v) {
    SANERF_CHECK(ignored[v].empty() ||
                 (ignored[v].width == views_[v].camera.width && ignored[v].height == views_[v].camera.height));
    views_[v].ignored = std::move(ignored[v]);
  }
}

void ObjectTrainer::Trust(std::vector<ViewTrust> trust) {
  SANERF_CHECK(trust.empty() || trust.size() == views_.size());
  trust_ = std::move(trust);
}

void ObjectTrainer::StartAgain() {
  for (LabelView& view : views_) view.labels = ImageU8();
  trust_.clear();
  num_labels_ = 0;
  pool_.Truncate(num_anywhere_);
  labeled_.clear();
  engine_.reset();  // it holds on to the field
  field_.reset();
  prior_.reset();
  error_maps_.Clear();
  regions_ = RegionPool();
  total_steps_ = num_mask_sets_ = 0;
}

void ObjectTrainer::StartFrom(const ObjectModel& model) {
  SANERF_CHECK(!model.is_joined() && model.parts_[0].field != nullptr && num_mask_sets_ == 0);
  field_ = model.parts_[0].field->Copy();
  prior_ = model.parts_[0].prior;
}

void ObjectTrainer::GrowField(int num_labels) {
  if (!field_) {
    field_ = std::make_shared<ObjectField>(options_.field, num_labels, uint64_t(options_.seed));
  } else if (num_labels > field_->num_labels()) {
    field_ = std::make_shared<ObjectField>(std::move(*field_), num_labels);
  }
  SANERF_CHECK_EQ(field_->num_labels(), num_labels);
  engine_ = std::make_unique<FieldEngine>(field_.get(), options_.network_lr);  // the old one holds on to the old field
}

void ObjectTrainer::SetMasks(std::vector<ImageU8> labels, int num_labels, std::shared_ptr<const LabelPrior> prior,
                             const Job& job) {
  SANERF_CHECK_EQ(labels.size(), views_.size());
  SANERF_CHECK(!prior || prior->num_labels() == num_labels);
  // What may fail or be stopped comes first.
  std::vector<LabelView> views;
  for (size_t v = 0; v < labels.size(); ++v) {
    IgnorePixels(views_[v].ignored, &labels[v]);
    views.push_back({views_[v].camera, std::move(labels[v]), views_[v].ignored});
  }
  CheckLabels(views, num_labels);
  const int num_rays = options_.pool_rays / 2 / (num_mask_sets_ == 0 ? 1 : kLaterShare);
  SamplePool near_objects =
      TraceNearObjects(nerf_, views, num_rays, MixBits(uint64_t(options_.seed)) + uint64_t(num_mask_sets_), job);

  ++num_mask_sets_;
  views_ = std::move(views);
  num_labels_ = num_labels;
  prior_ = std::move(prior);
  GrowField(num_labels);
  pool_.Append(near_objects);
  near_objects = SamplePool();
  labeled_ = Relabel(views_, &pool_);
  if (labeled_.empty())
    throw Error("the masks' rays meet no surface", "the radiance field is empty where the masks are",
                "look at the renders: sanerf render RUN --views train");
  if (prior_) SetPrior(*prior_, &pool_);
  if (!trust_.empty()) SetWeights(views_, trust_, &pool_);
  regions_ = RegionPool();
}

// Cross entropy of rays drawn from all views (Eq. 8).
RayLoss ObjectTrainer::GlobalLoss(size_t g) {
  GlobalGroup& group = global_[g];
  const int begin = int(g) * int(kRaysPerGroup), end = std::min(options_.rays, begin + int(kRaysPerGroup));
  group.rays.clear();
  for (int i = begin; i < end; ++i) {
    Random random(uint64_t(options_.seed), uint64_t(total_steps_), uint64_t(i));
    group.rays.push_back(labeled_[random.NextBelow(uint32_t(labeled_.size()))]);
  }
  const bool with_errors = options_.rgb.weight > 0;  // only the ray-pair loss asks where the field is wrong
  group.errors.resize(with_errors ? group.rays.size() : 0);
  group.num_correct = 0;
  const auto cross_entropy = [this, with_errors, &group](const float* logits, float* grad) {
    const float scale = 1.0f / float(options_.rays);
    double loss = 0;
    for (size_t i = 0; i < group.rays.size(); ++i, logits += num_labels_, grad += num_labels_) {
      const int label = pool_.labels[size_t(group.rays[i])];
      const float weight = pool_.weights.empty() ? scale : scale * pool_.weights[size_t(group.rays[i])];
      loss += double(weight) * CrossEntropy(logits, num_labels_, label, weight, grad, options_.label_smoothing);
      group.num_correct += std::max_element(logits, logits + num_labels_) - logits == label;
      if (with_errors) group.errors[i] = ErrorOfLogits(options_.rgb.pair, num_labels_, logits, label);
    }
    return loss;
  };
  return {&pool_, group.rays, cross_entropy};
}

// The ray-pair RGB loss of one region (Eq. 9, its share of Eq. 14).
RayLoss ObjectTrainer::LocalLoss(const RegionSample& sample) const {
  const RegionPool::Region region = sample.region;
  std::vector<int> rays(static_cast<size_t>(region.count));
  std::iota(rays.begin(), rays.end(), region.first);
  const auto ray_pairs = [this, region, &sample](const float* logits, float* grad) {
    const float scale = options_.rgb.weight / float(step_regions_.size());
    const float* rgb = regions_.rgb[size_t(region.first)].data();
    return RayPairLossOfLogits(options_.rgb.pair, {region.count, num_labels_, logits, rgb, sample.references}, scale,
                               grad);
  };
  return {&regions_.pool, std::move(rays), ray_pairs};
}

// The errors of all rays as the field is now (Eq. 12).
void ObjectTrainer::RefreshErrorMaps() {
  std::vector<float> errors(labeled_.size());
  engine_->ForEachGroup(
      pool_, labeled_, [&](size_t first, std::span<const int> rays, const std::vector<float>& logits) {
        for (size_t i = 0; i < rays.size(); ++i)
          errors[first + i] = ErrorOfLogits(options_.rgb.pair, num_labels_, &logits[i * size_t(num_labels_)],
                                            pool_.labels[size_t(rays[i])]);
      });
  error_maps_.Clear();
  for (size_t i = 0; i < errors.size(); ++i) {
    const auto [view, x, y] = pool_.pixels[size_t(labeled_[i])];
    error_maps_.Update(view, x, y, errors[i]);
  }
}

// Places of large error, reprojected into other views (Eq. 13).
void ObjectTrainer::DrawRegions(const Job& job) {
  const RgbLossOptions& rgb = options_.rgb;
  Random random(uint64_t(options_.seed), kRegionStream + uint64_t(total_steps_));
  const RegionOptions regions{rgb.views, rgb.patch, rgb.rays,
                              MixBits(uint64_t(options_.seed)) + uint64_t(total_steps_)};
  regions_ = TraceRegions(nerf_, views_, error_maps_.Draw(rgb.regions_per_step * rgb.redraw, &random), regions, job);
  if (prior_) SetPrior(*prior_, &regions_.pool);
}

kernels::AdamStep ObjectTrainer::Adam(const Schedule& schedule, int step) const {
  const float from = options_.lr * schedule.rate, to = options_.lr * options_.lr_final;
  return {.lr = from * nn::DecayedRate(to / from, step, schedule.steps), .step = total_steps_ + 1};
}

ObjectTrainer::StepReport ObjectTrainer::Step(const Schedule& schedule, int step, const Job& job) {
  const RgbLossOptions& rgb = options_.rgb;
  const int rgb_step = step - int(double(rgb.from) * schedule.steps);
  if (rgb.weight > 0 && rgb_step >= 0) {
    if (rgb_step % rgb.refresh == 0) RefreshErrorMaps();
    if (rgb_step % rgb.redraw == 0) DrawRegions(job);
  }
  Random random(uint64_t(options_.seed), uint64_t(total_steps_), kRegionStream);
  step_regions_ = SampleRegions(regions_, rgb.regions_per_step, rgb.references, &random);
  global_.resize(size_t((options_.rays + kRaysPerGroup - 1) / kRaysPerGroup));
  std::vector<RayLoss> losses;
  for (size_t g = 0; g < global_.size(); ++g) losses.push_back(GlobalLoss(g));
  for (const RegionSample& sample : step_regions_) losses.push_back(LocalLoss(sample));
  const std::vector<double> values = engine_->StepOnGroups(losses, Adam(schedule, step));
  ++total_steps_;

  StepReport report;
  for (size_t g = 0; g < global_.size(); ++g) {
    report.loss += values[g];
    report.agreement += double(global_[g].num_correct) / options_.rays;
    for (size_t i = 0; i < global_[g].errors.size(); ++i) {
      const auto [view, x, y] = pool_.pixels[size_t(global_[g].rays[i])];
      error_maps_.Update(view, x, y, global_[g].errors[i]);
    }
  }
  nn::CheckLoss(report.loss, fmt::format("object field, step {}", total_steps_), "object.lr");
  return report;
}

void ObjectTrainer::Train(const Schedule& schedule, int first, int num_steps, const std::function<void()>& on_step,
                          const Job& job) {
  StepReport last;
  nn::TrainingLoop loop;
  loop.title = "object field";
  loop.first_step = first;
  loop.end_step = first + num_steps;
  loop.total_steps = schedule.steps;
  loop.report_every = std::max(1, schedule.steps / 50);
  loop.step = [&](int64_t step) {
    last = Step(schedule, int(step), job);
    on_step();
  };
  loop.report = [&](int64_t) {
    return nn::TrainingLoop::Report{{{"loss", last.loss}, {"agreement", last.agreement}},
                                    fmt::format("loss {:.4f}  agreement {:.2f}%", last.loss, 100 * last.agreement)};
  };
  loop.Run(job);
}

ObjectModel ObjectTrainer::Finish() {
  if (engine_) engine_->Release();
  engine_.reset();
  return Model();
}

ObjectModel TrainObjectModel(const nerf::NerfModel& nerf, const std::vector<LabelView>& views, int num_labels,
                             const AggregatorOptions& options, std::shared_ptr<const LabelPrior> prior,
                             const Job& job) {
  CheckLabels(views, num_labels);
  std::vector<Camera> cameras;
  std::vector<ImageU8> labels, ignored;
  for (const LabelView& view : views) {
    cameras.push_back(view.camera);
    labels.push_back(view.labels);
    ignored.push_back(view.ignored);
  }
  ObjectTrainer trainer(nerf, cameras, options, job);
  trainer.Ignore(std::move(ignored));
  trainer.SetMasks(std::move(labels), num_labels, std::move(prior), job);
  trainer.Train({options.iters, 1}, job);
  return trainer.Finish();
}

}  // namespace sanerf::mask_aggregator
