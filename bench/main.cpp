// sanerf_bench: how fast the kernels and the whole steps are, and how much of this machine's limit that is.
//   of_fma, of_gather, of_limit: time at the measured limits (see limits.h) over the time taken; 1 is the limit.
#include <benchmark/benchmark.h>

#include "bench/limits.h"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  sanerf::bench::PrintLimits();
  return 0;
}
