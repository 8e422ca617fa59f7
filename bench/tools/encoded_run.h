// A run whose views are encoded, opened as the program opens it; and how a tool ends.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf {

struct EncodedRun {
  // sets: STAGE.KEY=VALUE on top of the run's own options.
  EncodedRun(const std::string& path, const std::vector<std::string>& sets)
      : run(path, std::nullopt, run::OpenRun::Access::kRead, Job()) {
    pipeline::Restore(settings, run.folder().options(), run.folder().origins(), path + "/run.json");
    for (const std::string& assignment : sets) pipeline::Assign(settings, assignment);
  }

  run::OpenRun run;
  const scene::Scene& scene = run.scene();
  const nerf::NerfModel& nerf = run.nerf(Job());
  std::shared_ptr<const feature_container::FeatureCache> cache =
      feature_container::FeatureCache::Open(run.folder().features(), scene, nerf);
  std::shared_ptr<const sam::Sam> sam = run.sam(cache->options().model, Job());
  pipeline::Settings settings;
};

// The exit code; an error is printed on stderr.
template <class F>
int ReportErrors(const F& run) {
  try {
    run();
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\nhint: {}\n", error.what(), error.hint());
    return 1;
  }
}

}  // namespace sanerf
