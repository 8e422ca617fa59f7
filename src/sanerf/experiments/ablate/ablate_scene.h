// A scene of the ablation: its trained run, which is only read, and folders to try variants in.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/ablate/ablate_studies.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"

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
  std::filesystem::path given;      // a trained run, or a scene that is to be one
  std::filesystem::path run, work;  // the trained run, and where the light ones go
  mask_decoder::Prompts prompts;    // of objects with a ground truth
};

// Reads the request's runs, scenes and prompts, and writes nothing. Throws UsageError for prompts that `segment` would
// refuse, and for results that would be mixed with a scene or with what a run keeps; Error for scenes, prompts or runs
// that are of no use.
std::vector<AblationScene> ReadScenes(const AblateRequest& request, const ExperimentSettings& settings, const Job& job);

// Trains those that are no runs yet.
void TrainScenes(const std::vector<AblationScene>& scenes, const ExperimentSettings& settings, const Job& job);

// A run folder in scene.work, one per way of encoding, that has the scene's radiance field and, when they were encoded
// like that, its features. Files are hard links, or copies where the file systems differ: stages replace files, they
// never write into them.
struct LightRun {
  std::unique_ptr<run::RunLock> lock;  // since before anything in the folder was looked at
  run::RunFolder folder;
};
// A folder of another radiance field is made anew. Throws Error when another command has it.
LightRun OpenLightRun(const AblationScene& scene, const feature_container::EncodeOptions& encode, const Job& job);

}  // namespace sanerf::experiments
