// What this machine can do at best, measured in the same run: every benchmark is reported as a share of it.
#pragma once

#include <cstdint>

#include "sanerf/kernels/kernels.h"

namespace sanerf::bench {

// Floating point operations per second of independent multiply-adds in the widest registers of the chosen build.
double FmaLimit(int threads);

// Independent random 8-byte loads per second out of a table of (the next power of two of) so many bytes, on huge pages
// where the system grants them. Measured once per size.
double GatherLimit(int64_t table_bytes, int threads);

// Seconds that `samples` lookups of the eight rows of every level take at the gather limit of each level's own size:
// the kernels work level by level, so small levels are read out of small caches.
double GridLimitSeconds(const kernels::GridShape& shape, double samples, int threads);

// A line about each limit that was measured.
void PrintLimits();

// Processor time of this thread or of all threads (what others run on the machine does not count), or wall clock time.
class Stopwatch {
 public:
  enum Clock { kThisThread, kProcess, kWall };
  explicit Stopwatch(Clock clock = kThisThread) : clock_(clock), start_(Now()) {}
  double Seconds() const { return Now() - start_; }

 private:
  double Now() const;

  Clock clock_;
  double start_;
};

// Adds up what a piece of work cannot do without; Share() is that bound over the time it took.
class Bound {
 public:
  explicit Bound(int threads) : threads_(threads) {}
  void AddFlops(double flops) { seconds_ += flops / FmaLimit(threads_); }
  void AddGridAccesses(const kernels::GridShape& shape, double samples) {
    seconds_ += GridLimitSeconds(shape, samples, threads_);
  }
  double Share(double measured_seconds) const { return seconds_ / measured_seconds; }

 private:
  int threads_;
  double seconds_ = 0;
};

}  // namespace sanerf::bench
