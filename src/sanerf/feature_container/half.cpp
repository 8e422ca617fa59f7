#include "sanerf/feature_container/half.h"

#include <bit>

namespace sanerf::feature_container {

uint16_t HalfFromFloat(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;

  if (magnitude > 0x7f800000u) return sign | 0x7e00u;   // NaN
  if (magnitude >= 0x477ff000u) return sign | 0x7c00u;  // 65520 and above round to infinity
  if (magnitude >= 0x38800000u) {                       // 2^-14 and above: normal
    // Re-bias the exponent by 127 - 15 and drop 13 mantissa bits; a carry runs into the exponent as it should.
    const uint32_t odd = (magnitude >> 13) & 1u;
    return sign | static_cast<uint16_t>((magnitude - 0x38000000u + 0x0fffu + odd) >> 13);
  }
  // Subnormal: one half step is 2^-24. Adding 0.5 aligns the float's last mantissa bit with that step, so the addition
  // itself rounds to nearest even.
  const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
  return sign | static_cast<uint16_t>(std::bit_cast<uint32_t>(aligned) - std::bit_cast<uint32_t>(0.5f));
}

float FloatFromHalf(uint16_t half) {
  const uint32_t sign = uint32_t{half & 0x8000u} << 16;
  const uint32_t exponent = (half >> 10) & 0x1fu;
  const uint32_t mantissa = half & 0x3ffu;
  if (exponent == 0x1fu) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (mantissa << 13));
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
}

void HalfFromFloat(const float* values, size_t n, uint16_t* halves) {
  for (size_t i = 0; i < n; ++i) halves[i] = HalfFromFloat(values[i]);
}

void FloatFromHalf(const uint16_t* halves, size_t n, float* values) {
  for (size_t i = 0; i < n; ++i) values[i] = FloatFromHalf(halves[i]);
}

}  // namespace sanerf::feature_container
