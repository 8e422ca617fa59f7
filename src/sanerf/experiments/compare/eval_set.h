// A whole benchmark: every scene of a folder trained, every method compared on it, one table in the paper's layout.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/compare/compare.h"

namespace sanerf::experiments {

struct EvalSetScene {
  std::string name;                      // the column's header and the folder's name
  std::filesystem::path scene;           // what LoadScene takes
  std::filesystem::path prompts, masks;  // masks: empty = the scene's own
  std::vector<std::string> options;      // "nerf.iters=2000": of this scene alone
};
struct EvalSet {
  std::filesystem::path source;  // the list, or the folder that was searched
  std::vector<EvalSetScene> scenes;
};

// DIR/eval_set.json (or the file itself):
//   {"scenes": [{"name": "fern", "scene": "nerf_llff_data/fern", "prompts": "prompts/fern.json", "masks": "masks/fern",
//                "options": ["nerf.iters=2000"]}]}
// paths relative to the list; "name" is the scene's folder and "prompts" its prompts.json when they are left out.
// Without a list every folder of DIR that holds a prompts.json is a scene. Throws Error with file and key, UsageError
// when there is nothing.
EvalSet ReadEvalSet(const std::filesystem::path& path);

struct EvalSetRequest {
  EvalSet set;
  std::vector<std::string> methods;
  std::vector<std::string> scenes;  // of these names only; empty = all
  bool automatic = false;
  int repeats = 1;
  std::filesystem::path out;  // OUT/SCENE/run and OUT/SCENE/compare, tables in OUT
};
struct EvalSetResult {
  std::vector<CompareResult> scenes;
  std::vector<std::pair<std::string, std::string>> failed;  // name and why
  double seconds = 0;
};

// What is finished is kept: the same command goes on after an interruption, scene by scene and method by method. A
// scene that fails is reported, and the others go on. Writes table.md, table.tex, scores.csv, comparison.json and
// report.html into `out` after every scene. Throws InterruptedError; Error when all scenes fail.
EvalSetResult RunEvalSet(const EvalSetRequest& request, const ExperimentSettings& settings, const Job& job);

Json ToJson(const EvalSetResult& result);

}  // namespace sanerf::experiments
