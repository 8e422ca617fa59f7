// Arrays of HDF5 files, through the HDF Group's library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/npy.h"

namespace sanerf::scene {

// The first of the data sets `names` that the file's root has, of whole or floating point numbers of any size,
// compressed or not. Throws Error, also when it has none of them: the message then lists what there is. May be called
// from several threads.
NumericArray ReadHdf5(const std::filesystem::path& path, const std::vector<std::string>& names);

}  // namespace sanerf::scene
