// Counter-based random numbers: a value is a pure function of (seed, stream, counter), never of thread order.
#pragma once

#include <cstdint>

namespace sanerf {

// SplitMix64's finaliser (Steele, Lea, Flood 2014): a bijection on 64 bits with full avalanche.
inline uint64_t MixBits(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// A sequence for one (seed, stream, substream), e.g. (seed, step, ray).
class Random {
 public:
  explicit Random(uint64_t seed, uint64_t stream = 0, uint64_t substream = 0)
      : state_(MixBits(MixBits(MixBits(seed) ^ stream) ^ substream)) {}

  uint64_t NextU64() { return MixBits(state_++); }
  uint32_t NextU32() { return static_cast<uint32_t>(NextU64() >> 32); }
  float NextFloat() { return static_cast<float>(NextU64() >> 40) * 0x1p-24f; }                       // [0, 1)
  double NextDouble() { return static_cast<double>(NextU64() >> 11) * 0x1p-53; }                     // [0, 1)
  uint32_t NextBelow(uint32_t n) { return static_cast<uint32_t>((uint64_t{NextU32()} * n) >> 32); }  // [0, n)

 private:
  uint64_t state_;
};

}  // namespace sanerf
