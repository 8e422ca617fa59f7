#include "sanerf/nn/training_loop.h"

#include <algorithm>

#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"

namespace sanerf::nn {
namespace {

constexpr double kSilentSeconds = 1;  // after which slow steps show that they are going on

}  // namespace

void TrainingLoop::Run(const Job& job) const {
  const ThreadLimit threads(job.num_threads());
  Task task(job, title, std::max(end_step, total_steps), "steps", first_step);
  Stopwatch silence;
  for (int64_t done = first_step; done < end_step;) {
    step(done++);
    if (done % report_every == 0 || done == end_step) {
      const Report reported = report(done);
      task.Metrics(done, reported.metrics);
      task.Update(done, reported.text);
      silence = Stopwatch();
    } else if (silence.seconds() > kSilentSeconds) {
      task.Update(done);
      silence = Stopwatch();
    }
    if (done == end_step) break;
    if (stopped && job.stop_requested()) stopped(done);
    job.ThrowIfStopped(title);
  }
  task.Finish(result ? result() : "");
}

}  // namespace sanerf::nn
