// NumPy .npy files (format 1.0-3.0, C order, little endian).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "sanerf/core/numeric_array.h"

namespace sanerf {

NumericArray ReadNpy(const std::filesystem::path& path);  // f4, f8, u1, i4, i8, b1
void WriteNpy(const std::filesystem::path& path, const std::vector<int64_t>& shape, const float* data);  // f4

}  // namespace sanerf
