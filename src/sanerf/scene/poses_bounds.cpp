#include "sanerf/scene/poses_bounds.h"

#include <fmt/format.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

NumericArray ReadPosesBounds(const std::filesystem::path& file) {
  NumericArray rows = ReadNpy(file);
  if (rows.shape.size() != 2 || rows.shape[1] != kPosesBoundsRow) {
    throw Error(file.string(), fmt::format("expected rows of 17 numbers, found {} numbers in shape [{}]",
                                           rows.data.size(), fmt::join(rows.shape, ", ")));
  }
  return rows;
}

// LLFF stores the camera axes as (down, right, back); ours are (right, up, back).
Camera CameraOfRow(const double* row, const std::string& where, double* pose_scale) {
  for (int i = 0; i < kPosesBoundsRow; ++i) {
    if (!std::isfinite(row[i]))
      throw Error(where, fmt::format("number {} of 17 is not finite", i + 1), "re-export the poses");
  }
  Mat3 stored;
  Camera camera;
  for (int axis = 0; axis < 3; ++axis) {
    for (int column = 0; column < 3; ++column) stored(axis, column) = row[axis * 5 + column];
    camera.world_from_cam.translation[axis] = row[axis * 5 + 3];
  }
  Mat3 rotation;
  rotation << stored.col(1), -stored.col(0), stored.col(2);
  camera.world_from_cam.rotation = CheckedRotation(rotation, where, pose_scale);

  const double height = row[4], width = row[9], focal = row[14];
  if (!(height >= 1 && width >= 1 && height < 1e6 && width < 1e6 && focal > 0)) {
    throw Error(
        where, fmt::format("intrinsics absent: height {:.4g}, width {:.4g}, focal length {:.4g}", height, width, focal),
        "re-export the poses with LLFF's imgs2poses");
  }
  camera.width = int(std::lround(width));
  camera.height = int(std::lround(height));
  camera.fx = camera.fy = focal;
  camera.cx = 0.5 * camera.width;
  camera.cy = 0.5 * camera.height;
  return camera;
}

}  // namespace sanerf::scene
