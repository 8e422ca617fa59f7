#include "sanerf/nn/training_loop.h"

#include "sanerf/core/parallel.h"

namespace sanerf {

void TrainingLoop::Run(const Job& job) const {
  const ThreadLimit threads(job.num_threads());
  Task task(job, title, end_step, "steps", first_step);
  for (int64_t done = first_step; done < end_step;) {
    step(done++);
    if (done % report_every == 0 || done == end_step) {
      const Report reported = report(done);
      task.Metrics(done, reported.metrics);
      task.Update(done, reported.text);
    }
    if (stopped && job.stop_requested()) stopped(done);
    job.ThrowIfStopped(title);
  }
  task.Finish(result ? result() : "");
}

}  // namespace sanerf
