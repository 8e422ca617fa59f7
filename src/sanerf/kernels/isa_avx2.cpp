#define SANERF_VW 8
#define SANERF_ISA isa_avx2
#define SANERF_ISA_NAME "avx2"
#include "sanerf/kernels/simd_kernels.inl"
