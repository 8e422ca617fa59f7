#define SANERF_VW 4
#define SANERF_ISA isa_generic
#define SANERF_ISA_NAME "generic"
#include "sanerf/kernels/simd_kernels.inl"
