// The scene as colored points.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

struct PointCloud {
  std::vector<Vec3> points;  // file frame, on surfaces, in random order: any first part is an even sample
  std::vector<std::array<uint8_t, 3>> colors;
};

// At most so many points where rays of the training views end. The same for the same model. Throws InterruptedError.
PointCloud MakePointCloud(const nerf::NerfModel& model, const scene::Scene& scene, int max_points, const Job& job);
// By point: the label of the highest probability. Throws InterruptedError.
std::vector<uint8_t> LabelsOf(const PointCloud& cloud, const mask_aggregator::ObjectModel& objects, const Job& job);

}  // namespace sanerf::exports
