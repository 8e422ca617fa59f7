// What a hash grid and the network behind it may be made of: options offer these values, and the classes take no
// others.
#pragma once

#include "sanerf/core/option_values.h"

namespace sanerf::nn {

inline constexpr Range kGridLevels(1, 32);
inline constexpr auto kGridFeatures = OneOf(2, 4, 8);  // per level
inline constexpr Range kGridLog2Table(8, 22);          // rows of a hashed level
inline constexpr Range kGridBase(2, 1024);             // nodes per axis of the coarsest level
inline constexpr Range kGridTop(2, 1 << 19);           // of the finest; twice as many where space is contracted
inline constexpr Range kHiddenWidth = Range(16, 1024).MultipleOf(16);
inline constexpr Range kHiddenLayers(1, 7);
// Wider than options offer: inputs and hidden layers, and outputs (features of an encoder).
inline constexpr Range kNetworkWidth(16, 4096), kNetworkOutputs(1, 1 << 16);

}  // namespace sanerf::nn
