// The paper's Table 1 for a user's own scene: every method on the same radiance field, the same prompts, the same
// views.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/compare/compare_result.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/run/run_lock.h"

namespace sanerf::experiments {

inline constexpr Range kRepeats(1, 1000);  // of an experiment, each with another seed

struct CompareRequest {
  std::optional<std::filesystem::path> scene;  // where it moved to
  mask_decoder::Prompts prompts;               // with instances, unless `masks` holds the ground truth
  bool automatic = false;                      // without prompts: every instance of the ground truth is an object
  std::vector<std::string> methods;            // empty = all but those that `sanerf compare --help` marks
  int repeats = 1;                             // of methods whose result depends on the seed
  std::filesystem::path masks;  // ground truth instead of the scene's: a folder per object, or that of the only object
  std::filesystem::path out;    // empty = RUN/compare
  bool restart = false;         // forget what is in `out`
};

// Finished methods are kept in `out` and reused when nothing that matters has changed. A method that fails is reported
// and the others go on (FailedMethods). Writes into `out`: methods/NAME.json, masks/NAME/OBJECT/VIEW.png, and what
// compare_tables.h and contact_sheet.h make of them. Throws UsageError for unknown methods and objects without ground
// truth, Error when all methods fail, WriteError, InterruptedError.
CompareResult Compare(const CompareRequest& request, const ExperimentSettings& settings, run::LockedRun run,
                      const Job& job);

// What Compare wants of its prompts, before anything is trained. Throws UsageError: none, or one without a place on the
// object, or without ground truth.
void CheckPrompts(const CompareRequest& request);

std::vector<std::string> DefaultMethods(bool automatic);

}  // namespace sanerf::experiments
