#include "sanerf/run/open_run.h"

#include <fmt/format.h>

#include "sanerf/core/check.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/sam/load_sam.h"

namespace sanerf::run {

OpenRun::OpenRun(const std::filesystem::path& run, const std::optional<std::filesystem::path>& scene, Access access,
                 const Job& job)
    : lock_(access == Access::kWrite ? LockRun(run) : nullptr), folder_(RunFolder::Open(run)) {
  OpenScene(scene, job);
}

OpenRun::OpenRun(LockedRun run, const std::optional<std::filesystem::path>& scene, const Job& job)
    : lock_(std::move(run.lock)), folder_(std::move(run.folder)) {
  OpenScene(scene, job);
}

OpenRun::OpenRun(RunFolder folder, const RunLock& lock, std::shared_ptr<const scene::Scene> scene, nerf::NerfModel nerf)
    : lock_(std::shared_ptr<const RunLock>(), &lock),
      folder_(std::move(folder)),
      scene_(std::move(scene)),
      nerf_(std::move(nerf)) {}

void OpenRun::OpenScene(const std::optional<std::filesystem::path>& moved_to, const Job& job) {
  scene_ = std::make_shared<const scene::Scene>(lock_ ? folder_.OpenScene(moved_to, *lock_, job)
                                                      : folder_.OpenScene(moved_to, job));
  job.Detail(fmt::format("open   scene {}", scene_->root.string()));
}

const nerf::NerfModel& OpenRun::nerf(const Job& job) {
  if (!nerf_) {
    nerf_ = folder_.OpenNerf();
    job.Detail(fmt::format("open   radiance field {}", folder_.checkpoint().string()));
  }
  return *nerf_;
}

std::shared_ptr<const sam::Sam> OpenRun::sam(const std::string& model, const Job& job) {
  if (!sam_ || sam_name_ != model) {
    sam_.reset();  // not both at once
    sam_ = sam::LoadSam(model, job);
    sam_name_ = model;
    job.Detail(fmt::format("open   model {}", sam_->name()));
  }
  return sam_;
}

void OpenRun::TakeSam(const std::string& model, std::shared_ptr<const sam::Sam> sam) {
  sam_ = std::move(sam);
  sam_name_ = model;
}

feature_container::EncodeContext OpenRun::Encoding(const feature_container::EncodeOptions& options, const Job& job) {
  return {*scene_, nerf(job), *sam(options.model, job), options};
}

std::shared_ptr<const feature_container::FeatureContainer> OpenRun::Features(
    const std::vector<int>& views, const feature_container::EncodeOptions& options, const Job& job) {
  SANERF_CHECK(lock_ != nullptr);  // encoding writes
  CheckOptions(options, "encode");
  std::unique_lock<std::mutex> lock;
  if (writing_ != nullptr) lock = std::unique_lock(*writing_);
  return feature_container::OpenFeatures(folder_.features(), Encoding(options, job), views, job);
}

}  // namespace sanerf::run
