#include "sanerf/viewer/live/live_run.h"

#include <utility>

#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/fit_and_store.h"
#include "sanerf/run/object_store.h"

namespace sanerf::viewer {

LiveRun::LiveRun(std::filesystem::path path, const run::RunLock& lock, std::shared_ptr<const scene::Scene> scene)
    : path_(std::move(path)), lock_(lock), scene_(std::move(scene)) {}

bool LiveRun::Open(const nerf::NerfModel& nerf) {
  const std::lock_guard lock(mutex_);
  if (run_) return false;
  run_.emplace(run::RunFolder::Open(path_), lock_, scene_, nerf);
  return true;
}

void LiveRun::TakeSam(const std::string& model, std::shared_ptr<const sam::Sam> sam) {
  const std::lock_guard lock(mutex_);
  run_->TakeSam(model, std::move(sam));
}

std::shared_ptr<const feature_container::FeatureContainer> LiveRun::FeatureField(
    const feature_container::EncodeOptions& options, const Job& job) {
  const std::lock_guard lock(mutex_);
  return run_->Features({}, options, job);
}

run::ReadableFields LiveRun::StoredFields(const Job& job) {
  const std::lock_guard lock(mutex_);
  return run::OpenReadableFields(run_->folder(), run_->nerf(job), *scene_, job);
}

void LiveRun::RecordEncoding(const pipeline::Settings& settings, double seconds, const Job& job) {
  const std::lock_guard lock(mutex_);
  pipeline::RecordEncoding(run_->folder(), settings, scene_->TrainViews().size(), seconds, job);
}

void LiveRun::Store(const segmentation::SessionSnapshot& fitted, const std::filesystem::path& log,
                    const std::vector<std::string>& retired, const pipeline::Settings& settings, const Job& job) {
  const std::lock_guard lock(mutex_);
  if (!fitted.model) {  // the last object was removed
    run::RetireObjects(run_->folder(), retired, job);
    return;
  }
  run::StoreOptions options;
  options.goes_on = true;
  options.retired = retired;
  pipeline::StoreFitted(fitted, {.options = std::move(options), .log = log}, settings, &*run_, job);
}

run::OpenRun LiveRun::Another(const segmentation::SegmentationInput& ground, const std::string& model) {
  run::OpenRun run(run::RunFolder::Open(path_), lock_, scene_, ground.nerf);
  run.TakeSam(model, ground.sam);
  run.ShareFeatures(writing_features_);
  return run;
}

}  // namespace sanerf::viewer
