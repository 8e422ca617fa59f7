// A run whose views are encoded, opened as the program opens it; and how a tool ends.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/sam/load_sam.h"

namespace sanerf {

struct EncodedRun {
  // sets: STAGE.KEY=VALUE on top of the run's own options.
  EncodedRun(const std::string& path, const std::vector<std::string>& sets) : folder(RunFolder::Open(path)) {
    settings.Restore(folder.options(), folder.origins(), path + "/run.json");
    for (const std::string& assignment : sets) settings.Assign(assignment);
  }

  RunFolder folder;
  Scene scene = folder.OpenScene(std::nullopt, Job());
  NerfModel nerf = folder.OpenNerf();
  std::unique_ptr<FeatureCache> cache = FeatureCache::Open(folder.features(), scene, nerf);
  std::unique_ptr<Sam> sam = LoadSam(cache->options().model, Job());
  Settings settings;
};

// The exit code; an error is told on stderr.
template <class F>
int ToldErrors(const F& run) {
  try {
    run();
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\nhint: {}\n", error.what(), error.hint());
    return 1;
  }
}

}  // namespace sanerf
