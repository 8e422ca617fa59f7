// The sixteen-lane source without AVX-512 instructions: the compiler splits each register in two (or four), so that the
// logic of the AVX-512 build is proven also on processors that lack it.
#define SANERF_VW 16
#define SANERF_ISA isa_wide16
#define SANERF_ISA_NAME "wide16"
#include "sanerf/kernels/simd_kernels.inl"
