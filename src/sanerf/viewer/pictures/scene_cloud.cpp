#include "sanerf/viewer/pictures/scene_cloud.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/http/gzip.h"
#include "sanerf/viewer/live/live_field.h"

namespace sanerf::viewer {
namespace {

constexpr size_t kKept = 4;  // for as many pages that look at a training; some ten megabytes each
constexpr int kPointsInTraining = 60'000;

template <class T>
void AppendValue(const T& value, std::string* bytes) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  bytes->append(raw, sizeof(T));
}

}  // namespace

uint32_t IdOf(const exports::PointCloud& cloud) {
  uLong id = crc32(0, nullptr, 0);
  const auto add = [&](const auto& values) {
    const auto bytes = std::as_bytes(std::span(values));
    id = crc32_z(id, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  add(cloud.points);
  add(cloud.colors);
  return uint32_t(id);
}

std::string Packed(const exports::PointCloud& cloud) {
  Vec3 low = Vec3::Zero(), high = Vec3::Zero();
  if (!cloud.points.empty()) low = high = cloud.points[0];
  for (const Vec3& p : cloud.points) {
    low = low.cwiseMin(p);
    high = high.cwiseMax(p);
  }
  std::string bytes;
  AppendValue(uint32_t(cloud.points.size()), &bytes);
  AppendValue(IdOf(cloud), &bytes);
  for (const Vec3* corner : {&low, &high})
    for (int a = 0; a < 3; ++a) AppendValue((*corner)[a], &bytes);
  for (const Vec3& p : cloud.points) {
    for (int a = 0; a < 3; ++a) {
      const double size = high[a] - low[a];
      AppendValue(uint16_t(size > 0 ? std::lround(65535 * (p[a] - low[a]) / size) : 0), &bytes);
    }
  }
  for (const auto& color : cloud.colors) bytes.append(color.begin(), color.end());
  return Gzip(bytes);
}

std::shared_ptr<SceneCloud::Kept> SceneCloud::Find(const std::function<bool(const Kept&)>& is_it) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const auto& one) { return is_it(*one); });
  return found == kept_.rend() ? nullptr : *found;
}

std::string SceneCloud::Bytes(const std::shared_ptr<const nerf::NerfModel>& model, const Job& job) {
  const std::lock_guard making(making_);
  if (const auto known = Find([&](const Kept& kept) { return kept.model.lock() == model; })) return known->bytes;
  const bool is_training = !model->finished();
  exports::PointCloud cloud =
      exports::MakePointCloud(*model, scene_, is_training ? std::min(max_points_, kPointsInTraining) : max_points_,
                              is_training ? BesideTraining(job) : job);
  const uint32_t id = IdOf(cloud);
  std::string bytes = Packed(cloud);
  const std::shared_ptr<Kept> made(new Kept{model, std::move(cloud), id, std::move(bytes)});
  const std::lock_guard lock(mutex_);
  kept_.push_back(made);
  if (kept_.size() > kKept) kept_.pop_front();
  return made->bytes;
}

std::string SceneCloud::Labels(int64_t cloud_id, int64_t revision, const mask_aggregator::ObjectModel* objects,
                               const Job& job) {
  const auto kept = Find([&](const Kept& one) { return one.id == cloud_id; });
  if (!kept)
    throw NotNow("these points are no longer known", "the scene has been drawn anew", "ask for api/cloud again");
  const std::lock_guard labeling(kept->labeling);
  if (kept->revision == revision) return kept->labels;
  std::vector<uint8_t> labels(kept->cloud.points.size(), 0);
  if (objects != nullptr) labels = exports::LabelsOf(kept->cloud, *objects, job);
  kept->labels = Gzip({reinterpret_cast<const char*>(labels.data()), labels.size()});
  kept->revision = revision;
  return kept->labels;
}

}  // namespace sanerf::viewer
