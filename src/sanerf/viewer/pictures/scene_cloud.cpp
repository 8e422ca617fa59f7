#include "sanerf/viewer/pictures/scene_cloud.h"

#include <algorithm>
#include <utility>

#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/live/live_field.h"

namespace sanerf::viewer {
namespace {

constexpr size_t kKept = 4;  // for as many pages that look at a training; some ten megabytes each
constexpr int kPointsInTraining = 60'000;

}  // namespace

std::shared_ptr<SceneCloud::Kept> SceneCloud::Find(const std::function<bool(const Kept&)>& is_it) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const auto& one) { return is_it(*one); });
  return found == kept_.rend() ? nullptr : *found;
}

std::string SceneCloud::Bytes(const std::shared_ptr<const nerf::NerfModel>& model, const Job& job) {
  const std::lock_guard making(making_);
  if (const auto known = Find([&](const Kept& kept) { return kept.model.lock() == model; })) return known->bytes;
  PointCloud cloud =
      model->finished() ? MakePointCloud(*model, scene_, max_points_, job)
                        : MakePointCloud(*model, scene_, std::min(max_points_, kPointsInTraining), BesideTraining(job));
  std::string bytes = Packed(cloud);
  const std::shared_ptr<Kept> made(new Kept{model, std::move(cloud), std::move(bytes)});
  const std::lock_guard lock(mutex_);
  kept_.push_back(made);
  if (kept_.size() > kKept) kept_.pop_front();
  return made->bytes;
}

std::string SceneCloud::Labels(int64_t cloud_id, int64_t revision, const mask_aggregator::ObjectModel* objects,
                               const Job& job) {
  const auto kept = Find([&](const Kept& one) { return one.cloud.id == cloud_id; });
  if (!kept)
    throw NotNow("these points are no longer known", "the scene has been drawn anew", "ask for api/cloud again");
  const std::lock_guard labeling(kept->labeling);
  if (kept->revision == revision) return kept->labels;
  std::vector<uint8_t> labels(kept->cloud.points.size(), 0);
  if (objects != nullptr) labels = LabelsOf(kept->cloud, *objects, job);
  kept->labels = Gzip({reinterpret_cast<const char*>(labels.data()), labels.size()});
  kept->revision = revision;
  return kept->labels;
}

}  // namespace sanerf::viewer
