// A scene of the ablation: its trained run, which is only read, and folders to try variants in.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/ablate/ablate_studies.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::experiments {

struct AblateRequest {
  std::vector<std::filesystem::path> scenes;   // run folders, or scenes that are trained first into OUT/NAME/run
  std::vector<std::filesystem::path> prompts;  // one per scene; one for all: a path, or a name in each scene's folder
  std::filesystem::path out;
  std::vector<Study> studies;
  int seeds = 1;
  bool restart = false;  // forget earlier results
};

struct AblationScene {
  std::string name;
  std::filesystem::path run, work;  // the trained run, and where the light ones go
  mask_decoder::Prompts prompts;    // of objects with a ground truth
};

// Throws UsageError for a request that cannot be right, whatever its paths hold.
void CheckScenes(const AblateRequest& request);

// Opens the request's runs; trains those that are none yet. Throws Error for scenes, prompts or runs that are of no
// use: before any variant is tried.
std::vector<AblationScene> PrepareScenes(const AblateRequest& request, const ExperimentSettings& settings,
                                         const Job& job);

// A run folder in scene.work, one per way of encoding, that has the scene's radiance field and, when they were encoded
// like that, its features. Files are hard links, or copies where the file systems differ: stages replace files, they
// never write into them. A folder of another radiance field is made anew.
std::filesystem::path LightRun(const AblationScene& scene, const feature_container::EncodeOptions& encode,
                               const Job& job);

}  // namespace sanerf::experiments
