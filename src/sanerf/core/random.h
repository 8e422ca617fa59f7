// Counter-based random numbers: a value is a pure function of (seed, stream, counter), never of thread order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

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

// ---- Random choices without repetition

// `count` different ones of `from` in random order, all of them when there are no more: the beginning of a Fisher-Yates
// shuffle.
template <class T>
std::vector<T> DrawFrom(std::vector<T> from, int count, Random* random) {
  const size_t wanted = std::min(from.size(), size_t(count));
  for (size_t i = 0; i < wanted; ++i) std::swap(from[i], from[i + random->NextBelow(uint32_t(from.size() - i))]);
  from.resize(wanted);
  return from;
}

// The same of 0 .. of - 1.
inline std::vector<int> DrawDistinct(int count, int of, Random* random) {
  std::vector<int> all(static_cast<size_t>(of));
  std::iota(all.begin(), all.end(), 0);
  return DrawFrom(std::move(all), count, random);
}

}  // namespace sanerf
