// Views to encoder maps (paper 3.1).
#pragma once

#include <filesystem>
#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"

namespace sanerf {

struct EncodeRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;  // where it moved to
};
struct EncodeResult {
  std::filesystem::path folder;
  int num_views = 0;
  double seconds = 0;
  double field_error = -1;  // mean squared error of the distilled field, < 0 without one
};
EncodeResult Encode(const EncodeRequest& request, const Settings& settings, const Job& job);  // all training views
// Records which views are encoded and with what, so that later stages and `info` need not open the cache.
void RecordEncoding(RunFolder& run, const Settings& settings, size_t num_views, double seconds);

}  // namespace sanerf
