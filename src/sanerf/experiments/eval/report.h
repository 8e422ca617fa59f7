// RUN/report.html: scores and pictures in one file that needs no network.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/eval/eval_stage.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf::experiments {

struct ReportOptions {
  int views_per_object = 4;                             // evenly spread held-out views, the worst one among them
  int picture_size = 400;                               // longest side
  std::vector<std::pair<std::string, double>> seconds;  // per stage, shown when there are any
  int64_t peak_rss_bytes = 0;
  std::vector<std::string> objects;  // these alone; none = those with scores, and the first few without
  std::filesystem::path out;         // empty = RUN/report.html
};

// Where it goes. Throws UsageError for a place where no file can be.
std::filesystem::path PlaceOfReport(const ReportOptions& options, const run::OpenRun& run);

// Of each object its prompts on the photos, a cut-out, a turntable, and one row of pictures per view: photo, render,
// depth, SAM's mask, our mask, ground truth, difference. SAM's column stays empty when the model that encoded the run
// is not installed. Objects without scores are shown without ground truth, the first few of them. Above them how the
// trainings came along, at the end the commands that made the run. run: opened for writing. Throws UsageError for an
// object that is not there, and what PlaceOfReport throws.
std::filesystem::path WriteReport(const EvalResult& result, const pipeline::Settings& settings,
                                  const ReportOptions& options, run::OpenRun* run, const Job& job);

}  // namespace sanerf::experiments
