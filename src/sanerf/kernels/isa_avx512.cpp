#define SANERF_VW 16
#define SANERF_ISA isa_avx512
#define SANERF_ISA_NAME "avx512"
#include "sanerf/kernels/simd_kernels.inl"
