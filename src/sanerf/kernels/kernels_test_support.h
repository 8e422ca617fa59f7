// What the tests of the kernels share: the builds to test, tiled test data, comparison with a double twin.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "sanerf/core/random.h"
#include "sanerf/kernels/isa.h"

namespace sanerf::kernels {

namespace isa_wide16 {
extern const KernelTable kTable;
}

// Every build this processor can run, and the sixteen-lane one that no AVX-512 is needed for.
inline std::vector<const KernelTable*> TestedKernels() {
  std::vector<const KernelTable*> tables = SupportedKernels();
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return tables;
#endif
  tables.push_back(&isa_wide16::kTable);
  return tables;
}

// Instantiates a suite of tests with GetParam() = one build each.
class BuildTest : public testing::TestWithParam<const KernelTable*> {};
#define SANERF_TEST_ALL_BUILDS(Suite)                                                          \
  INSTANTIATE_TEST_SUITE_P(Builds, Suite, testing::ValuesIn(sanerf::kernels::TestedKernels()), \
                           [](const auto& param_info) { return std::string(param_info.param->name); })

inline std::vector<float> RandomFloats(int64_t n, float lowest, float highest, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(n));
  for (float& value : values) value = lowest + (highest - lowest) * random.NextFloat();
  return values;
}

// Place of one value in the layout [tile][channel][kTile].
inline size_t TiledIndex(int channels, int64_t sample, int channel) {
  return size_t((sample / kTile * channels + channel) * kTile + sample % kTile);
}

// One sample out of a tiled quantity, as doubles.
inline std::vector<double> SampleOf(const std::vector<float>& tiled, int channels, int64_t sample) {
  std::vector<double> values;
  for (int c = 0; c < channels; ++c) values.push_back(double(tiled[TiledIndex(channels, sample, c)]));
  return values;
}

inline double MaxAbs(const std::vector<float>& values) {
  double most = 0;
  for (const float value : values) most = std::max(most, std::fabs(double(value)));
  return most;
}

}  // namespace sanerf::kernels
