// sanerf_bench: how fast the kernels and the whole steps are, and how much of this machine's limit that is.
//   of_fma, of_gather, of_limit: time at the measured limits (see limits.h) over the time taken. 1 is as fast as
//   independent multiply-adds and independent random 8-byte loads; samples in a row along a ray share cache lines and
//   may load faster than that.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "bench/limits.h"
#include "sanerf/core/error.h"
#include "sanerf/kernels/isa.h"

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  sanerf::kernels::Kernels();  // a wrong $SANERF_ISA is reported before anything runs
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  sanerf::bench::PrintLimits();
  return 0;
} catch (const sanerf::Error& error) {
  std::fprintf(stderr, "error: %s\nhint: %s\n", error.what(), error.hint().c_str());
  return dynamic_cast<const sanerf::UsageError*>(&error) ? 2 : 1;
}
