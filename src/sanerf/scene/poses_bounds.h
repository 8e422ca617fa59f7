// poses_bounds.npy of LLFF, which scenes over time have as well: one row of 17 numbers per camera.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/camera.h"
#include "sanerf/core/npy.h"

namespace sanerf::scene {

// 3 x 5 row-major (rotation with axes down, right, back; center; height, width, focal length), then near, far.
inline constexpr int kPosesBoundsRow = 17;

// Throws Error when the rows have another length.
NumericArray ReadPosesBounds(const std::filesystem::path& file);

// The camera of one row at the size that the row says, the principal point in the middle. pose_scale: see
// CheckedRotation. Throws Error, which begins with `where`, for values that no camera has.
Camera CameraOfRow(const double* row, const std::string& where, double* pose_scale);

}  // namespace sanerf::scene
