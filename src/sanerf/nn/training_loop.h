// The steps of a training as a task of a job: metrics now and then, and an end when the job is asked to stop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::nn {

struct TrainingLoop {
  std::string title;       // of the task: "object field"
  int64_t first_step = 0;  // > 0: goes on from there
  int64_t end_step = 0;
  int64_t total_steps = 0;  // that progress counts to, when further calls follow; 0 = end_step
  int64_t report_every = 1;

  // Does step `step`, the first being 0.
  std::function<void(int64_t step)> step;
  // After every report_every-th step and the last one: what its steps have come to since the last report. metrics go to
  // the log, text is for the progress line.
  struct Report {
    std::vector<Metric> metrics;
    std::string text;
  };
  std::function<Report(int64_t steps_done)> report;
  // When the job is asked to stop with steps left to do: keeps what has to be kept and throws its own InterruptedError.
  // Without it, and when it returns: "TITLE interrupted".
  std::function<void(int64_t steps_done)> stopped = {};
  std::function<std::string()> result = {};  // for the progress line, at the end; without it the last report's text

  // Throws InterruptedError.
  void Run(const Job& job) const;
};

}  // namespace sanerf::nn
