// IEEE 754 half precision, for storage only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sanerf::feature_container {

// Rounds to nearest, ties to even. Values beyond 65504 by half a step or more become infinite, values below 2^-14
// subnormal; NaN stays NaN.
uint16_t HalfFromFloat(float value);
float FloatFromHalf(uint16_t half);  // exact

void HalfFromFloat(const float* values, size_t n, uint16_t* halves);
void FloatFromHalf(const uint16_t* halves, size_t n, float* values);

}  // namespace sanerf::feature_container
