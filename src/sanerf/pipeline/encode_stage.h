// Views to encoder maps (paper 3.1).
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf::pipeline {

struct EncodeResult {
  std::filesystem::path folder;
  int num_views = 0;
  double seconds = 0;
  double field_error = -1;  // mean squared error of the distilled field, < 0 without one
};
// All training views. run: to be written.
EncodeResult Encode(const Settings& settings, run::OpenRun* run, const Job& job);
// Records which views are encoded and with what, so that later stages and `info` need not open the cache. Of the
// options only those of encoding: others hold when their stage has succeeded.
void RecordEncoding(run::RunFolder& run, const Settings& settings, size_t num_views, double seconds, const Job& job);

}  // namespace sanerf::pipeline
