// The points that pages draw themselves, and which object each of them is: the last few clouds, each with the labels of
// its last answer.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/export/point_cloud.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::viewer {

// The same points have the same one, also after a restart.
uint32_t IdOf(const exports::PointCloud& cloud);
// The bytes of docs/viewer.md, gzip.
std::string Packed(const exports::PointCloud& cloud);

class SceneCloud {
 public:
  SceneCloud(const scene::Scene& scene, int max_points) : scene_(scene), max_points_(max_points) {}

  // "api/cloud" of docs/viewer.md, of this model; made once for it, and of one in training with fewer points, beside
  // the training. Throws InterruptedError.
  std::string Bytes(const std::shared_ptr<const nerf::NerfModel>& model, const Job& job);
  // "api/cloud/labels" of the cloud with that id. revision: of the answer that objects is of; null: nothing is labeled.
  // Throws NotNow for a cloud that is not among the last few, InterruptedError.
  std::string Labels(int64_t cloud_id, int64_t revision, const mask_aggregator::ObjectModel* objects, const Job& job);

 private:
  struct Kept {
    std::weak_ptr<const nerf::NerfModel> model;  // of a training it is another one each second
    exports::PointCloud cloud;
    uint32_t id;
    std::string bytes;
    std::mutex labeling = {};  // held while it is labeled
    int64_t revision = -1;
    std::string labels = {};
  };
  std::shared_ptr<Kept> Find(const std::function<bool(const Kept&)>& is_it) const;

  const scene::Scene& scene_;
  const int max_points_;
  std::mutex making_;
  mutable std::mutex mutex_;
  std::list<std::shared_ptr<Kept>> kept_;  // the newest last
};

}  // namespace sanerf::viewer
