// Parallel loops on the one thread pool of the process. Results must not depend on the number of threads:
// write to disjoint places, and reduce partial results in index order afterwards. Loops that different threads start
// run at the same time and share the pool: a job never waits for another one's loop to end.
#pragma once

#include <cstdint>
#include <functional>

namespace sanerf {

void SetNumThreads(int num_threads);  // 0 = all cores
int NumThreads();

// Loops that this thread starts take at most so many threads while it lives; 0 = no limit of its own.
class ThreadLimit {
 public:
  explicit ThreadLimit(int num_threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  int before_;
};

// body(i) for i in [0, n), dynamically scheduled. The first exception is rethrown after the loop.
// Nested calls run serially.
void ParallelFor(int64_t n, const std::function<void(int64_t)>& body);

// body(begin, end) over consecutive chunks of at most `chunk` indices.
void ParallelForChunks(int64_t n, int64_t chunk, const std::function<void(int64_t, int64_t)>& body);

}  // namespace sanerf
