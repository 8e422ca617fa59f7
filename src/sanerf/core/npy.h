// NumPy .npy files (format 1.0-3.0, C order, little endian).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace sanerf {

// What a file of numbers holds, whatever type they have there.
struct NumericArray {
  std::vector<int64_t> shape;
  std::vector<double> data;  // row by row
};

NumericArray ReadNpy(const std::filesystem::path& path);  // f4, f8, u1, i4, i8, b1
void WriteNpy(const std::filesystem::path& path, const std::vector<int64_t>& shape, const float* data);  // f4

}  // namespace sanerf
