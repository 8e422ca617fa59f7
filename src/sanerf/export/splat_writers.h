// 3D Gaussians as files that other programs open.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/export/named_labels.h"
#include "sanerf/export/splats.h"

namespace sanerf::exports {

struct SplatFile {
  std::vector<std::filesystem::path> files;  // what was written, the Gaussians first
  Vec3 offset = Vec3::Zero();                // of the positions (OffsetOf): to be added to those in the file
};

// PLY (binary, little endian) as 3D Gaussian splatting writes it and SuperSplat, Brush, LichtFeld Studio and add-ons of
// Blender read it: x y z, nx ny nz, f_dc_*, f_rest_* (channel by channel), opacity before the sigmoid, scale_* as
// logarithms, rot_* w x y z; with object_id, the label (0 = none). Comments tell frame, offset and the objects' names.
// Throws WriteError, and then nothing is left.
SplatFile WriteSplatPly(const Splats& splats, const std::vector<NamedLabel>& names, const std::filesystem::path& path);

// .splat of antimatter15's viewer: 32 bytes per Gaussian, the largest and most opaque first: position and scale as
// floats, color and opacity as bytes, rotation w x y z as bytes (128 = 0). Colors from everywhere the same, no objects.
// An offset other than 0 is told by PATH.json beside it. Throws WriteError, and then nothing is left.
SplatFile WriteAntimatterSplat(const Splats& splats, const std::filesystem::path& path);

}  // namespace sanerf::exports
