// The kernels themselves. Compiled once per instruction set by isa_*.cpp, which define SANERF_VW and SANERF_ISA.
#include "sanerf/kernels/kernels.h"

namespace sanerf::kernels::SANERF_ISA {
namespace {
// Each part uses the ones before it.
// clang-format off
#include "sanerf/kernels/vec.h"

#include "sanerf/kernels/hash_grid.inl"

#include "sanerf/kernels/gemm.inl"

#include "sanerf/kernels/mlp.inl"

#include "sanerf/kernels/elementwise.inl"

#include "sanerf/kernels/layer_norm.inl"

#include "sanerf/kernels/splat.inl"
// clang-format on
}  // namespace

extern const KernelTable kTable = {
    SANERF_ISA_NAME,    SANERF_VW, &GridForward, &GridBackward,       &MlpForward, &MlpBackward, &LayerNormForward,
    &LayerNormBackward, &Exp,      &Sigmoid,     &SphericalHarmonics, &Adam,       &SplatBlend,  &SplatBlendBackward};
}  // namespace sanerf::kernels::SANERF_ISA
