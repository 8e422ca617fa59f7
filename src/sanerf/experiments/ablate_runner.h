// Runs the ablation's variants one by one and remembers what they gave.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/ablate_results.h"
#include "sanerf/experiments/ablate_scene.h"

namespace sanerf {

// One variant on one scene with one seed.
struct AblationJob {
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

  // base: what the variants start from; outlives this. results: the file of earlier results, made when there is none.
  AblationRunner(const ExperimentSettings& base, const std::filesystem::path& results)
      : base_(base), results_(results) {}

  // What makes the job's result; equal for jobs that must give the same. Throws UsageError when the variant assigns an
  // option that does not exist.
  std::string KeyOf(const AblationJob& job) const;
  // A result is asked for once: later ones are the earlier, also in the next sitting unless it failed.
  bool IsKnown(const std::string& key) const { return results_.Find(key) != nullptr || failed_.contains(key); }
  // Throws only what ends the ablation: InterruptedError, a disk that cannot be written to.
  Answer ResultOf(const AblationJob& job, const std::string& key);

 private:
  ExperimentSettings SettingsFor(const AblationJob& job) const;
  Prompts PromptsFor(const AblationJob& job) const;
  // Of what the objects depend on; jobs that only score another method have the same.
  Json SegmentationOf(const AblationJob& job) const;
  VariantResult Run(const AblationJob& job) const;
  void SegmentOnce(const AblationJob& job, const ExperimentSettings& settings, const std::filesystem::path& folder,
                   VariantResult* result) const;

  const ExperimentSettings& base_;
  ResultsFile results_;
  std::set<std::string> seen_;                   // in this sitting
  std::map<std::string, VariantResult> failed_;  // in this sitting
};

}  // namespace sanerf
