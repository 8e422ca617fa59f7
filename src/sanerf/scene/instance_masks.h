// Instance ids of pixels.
#pragma once

#include <filesystem>

#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// Instance ids as the file has them: PNG of 8 or 16 bits (the first channel), JPEG, or whole numbers in rows and
// columns, in .npy or in the data set cp_instance_id_segmaps, else instance_segmaps, of HDF5. Negative ids (unlabeled
// pixels) become 0. Throws Error that names the file.
ImageU16 ReadInstanceIds(const std::filesystem::path& path);

// Instance ids, at the image's size, 0 for none. Throws Error when there is none or the size differs from the image's.
ImageU16 LoadViewInstances(const View& view);

}  // namespace sanerf::scene
