#include "sanerf/baselines/contrastive_lift/contrastive_lift.h"

#include <fmt/format.h>

#include "sanerf/baselines/contrastive_lift/contrastive_trainer.h"
#include "sanerf/baselines/object_masks.h"
#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/log.h"

namespace sanerf {
namespace {
constexpr char kStage[] = "contrastive_lift";
}

void CheckOptions(const ContrastiveLiftOptions& o) {
  CheckOptions(o.lift, kStage);
  const auto check = [&](bool is_fine, const char* name, double value, const char* why) {
    if (!is_fine) throw UsageError(fmt::format("{}.{}={:g}", kStage, name, value), why);
  };
  check(o.dims >= 2 && o.dims <= kMaxFieldOutputs, "dims", o.dims, "2 to 255 are possible");
  check(o.momentum >= 0 && o.momentum < 1, "momentum", o.momentum, "must be at least 0 and less than 1");
  const ClusterOptions& c = o.clusters;
  if (c.clustering != "hdbscan" && c.clustering != "mean_shift")
    throw UsageError(fmt::format("{}.clustering={}", kStage, c.clustering), "possible are: hdbscan, mean_shift");
  check(c.min_cluster_size >= 2, "min_cluster_size", c.min_cluster_size, "must be 2 or more");
  check(c.bandwidth > 0, "bandwidth", c.bandwidth, "must be above 0");
  check(c.min_bin_freq >= 1, "min_bin_freq", c.min_bin_freq, "must be 1 or more");
  check(c.points >= 1, "points", c.points, "at least one point is needed");
  check(c.outlier_sigmas >= 1, "outlier_sigmas", c.outlier_sigmas, "must be 1 or more");
}

ContrastiveLift::ContrastiveLift(const SegmenterInput& input, std::vector<FoundMask> masks,
                                 const ContrastiveLiftOptions& options)
    : input_(input), masks_(std::move(masks)), options_(options) {
  CheckOptions(options_);
}

void ContrastiveLift::Fit(const Prompts& prompts) {
  SANERF_CHECK(prompts.objects.empty());
  const SegmentRays rays = TraceSegments(input_, masks_, options_.lift);
  field_ = std::make_unique<ObjectField>(options_.lift.field, options_.dims, input_.seed, ObjectField::Start::kRandom);
  {
    ContrastiveTrainer trainer(rays, options_, input_.seed, field_.get());
    RunSteps("contrastive lift", kStage, options_.lift.iters, [&](int step) { return trainer.Step(step); });
  }
  clusters_ = std::make_unique<EmbeddingClusters>(options_.dims, FieldOutputs(*field_).Of(rays.pool, rays.AllRays()),
                                                  options_.clusters, input_.seed);
  LogInfo("contrastive lift: {} objects", clusters_->num_clusters());
}

std::vector<ImageU8> ContrastiveLift::MasksFor(int view_idx) {
  SANERF_CHECK(clusters_ != nullptr);
  return MasksOfOutputs(input_.nerf, *field_, input_.scene.views.at(size_t(view_idx)).camera, clusters_->num_clusters(),
                        [&](const float* embedding) { return clusters_->Nearest(embedding); });
}

}  // namespace sanerf
