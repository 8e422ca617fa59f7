// Runs the ablation's variants one by one and remembers what they gave.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/ablate/ablate_results.h"
#include "sanerf/experiments/ablate/ablate_scene.h"
#include "sanerf/experiments/result_cache.h"

namespace sanerf::run {
class OpenRun;
}  // namespace sanerf::run

namespace sanerf::experiments {

// One variant on one scene with one seed.
struct AblationTrial {
  const AblationScene& scene;
  const Variant& variant;
  int seed = 0;
};

class AblationRunner {
 public:
  enum class Source { kRun, kEarlier, kSameAsAnother };
  struct Answer {
    VariantResult result;
    Source source = Source::kRun;
  };

  // base: what the variants start from; outlives this. results: of this and of earlier commands.
  AblationRunner(const ExperimentSettings& base, ResultCache results) : base_(base), results_(std::move(results)) {}

  // What makes the trial's result; equal for trials that must give the same. Throws UsageError when the variant assigns
  // an option that does not exist.
  std::string KeyOf(const AblationTrial& trial) const;
  // Each result is computed once and then reused, also when the command is started again unless it failed. on_run:
  // called before it is computed. Throws only what ends the ablation: InterruptedError, WriteError.
  Answer ResultOf(const AblationTrial& trial, const std::string& key, const std::function<void()>& on_run,
                  const Job& job);

 private:
  const VariantResult* Known(const std::string& key, const Job& job);
  ExperimentSettings SettingsFor(const AblationTrial& trial) const;
  mask_decoder::Prompts PromptsFor(const AblationTrial& trial) const;
  // Of what the objects depend on; trials that only score another method have the same.
  Json SegmentationOf(const AblationTrial& trial) const;
  VariantResult Run(const AblationTrial& trial, const Job& job) const;
  void SegmentOnce(const AblationTrial& trial, const ExperimentSettings& settings, run::OpenRun* run,
                   VariantResult* result, const Job& job) const;

  const ExperimentSettings& base_;
  ResultCache results_;                         // only successes: what failed is tried again by the next command
  std::set<std::string> seen_;                  // since the command began
  std::map<std::string, VariantResult> known_;  // read or computed since then
};

}  // namespace sanerf::experiments
