// A COLMAP sparse model with everything that its binary files hold, to be measured, moved and written again. The room
// scene reads of it what a scene needs.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/scene/colmap_model.h"

namespace sanerf::poses {

struct Observation {
  double x = 0, y = 0;
  uint64_t point_id = kNone;  // kNone: a feature that belongs to no point

  static constexpr uint64_t kNone = UINT64_MAX;
};

struct SparseImage {
  Eigen::Quaterniond cam_from_world_rotation = Eigen::Quaterniond::Identity();
  Vec3 cam_from_world_translation = Vec3::Zero();
  uint32_t camera_id = 0;
  std::string name;
  std::vector<Observation> observations;
};

struct SparsePoint {
  Vec3 position = Vec3::Zero();
  std::array<uint8_t, 3> color = {};
  double error = 0;  // mean reprojection error, pixels
  struct Sighting {
    uint32_t image_id = 0, observation = 0;
  };
  std::vector<Sighting> track;
};

struct SparseModel {
  std::map<uint32_t, scene::ColmapCamera> cameras;
  std::map<uint32_t, SparseImage> images;
  std::map<uint64_t, SparsePoint> points;

  // In name order.
  std::vector<std::string> ImageNames() const;
};

// cameras.bin, images.bin and points3D.bin. Throws Error with file and record for what is missing or broken.
SparseModel ReadSparseModel(const std::filesystem::path& folder);
void WriteSparseModel(const SparseModel& model, const std::filesystem::path& folder);

// The same model in another world: x' = new_from_old * x for points and camera centers.
void Transform(const Similarity& new_from_old, SparseModel* model);

}  // namespace sanerf::poses
