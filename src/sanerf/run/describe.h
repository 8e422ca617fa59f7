// What a scene or a run is: for `info`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/nerf/view_residuals.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/capture_shape.h"
#include "sanerf/scene/scene.h"

namespace sanerf::run {

struct SceneDescription {
  std::string path, format, summary;
  size_t num_train = 0;
  std::vector<std::string> held_out;
  std::map<std::string, int> sizes;     // of the photos, "800x600": how many
  int num_masks = 0, num_ignoring = 0;  // views that have ground truth, masks of what to ignore
  bool is_distorted = false, has_alpha = false;
  double extent = 0;
  std::string cameras;                       // how they stand
  std::string masks_are;                     // as the option has it; "" where it makes no difference
  std::vector<std::string> notes, warnings;  // what was guessed, what was left out
  std::vector<scene::Oddity> odd;
};
SceneDescription DescribeScene(const scene::Scene& scene);
Json ToJson(const SceneDescription& scene);
Json ToJson(const std::vector<scene::Oddity>& odd);

struct StageDescription {
  std::string name, state, when;  // as in run.json; state: or "missing" when its result is gone
  double seconds = 0;
};

struct ObjectDescription {
  std::string name;
  std::filesystem::path folder;
  int instance = -1, views_used = 0, views_total = 0;
  std::optional<double> iou;  // as it was scored last; NaN where there was nothing to score
  bool is_stale = false;      // of another radiance field
};

struct OptionDescription {
  std::string name, value, origin;  // value: as --set takes it, empty when it is not recorded
};

struct RunDescription {
  RunFolder run;
  std::optional<scene::Scene> scene = {};  // when the run can use it, else why not
  std::string problem = {}, hint = {};
  std::string scene_path = {};  // where it is, or was
  std::vector<StageDescription> stages = {};
  std::vector<ObjectDescription> objects = {}, set_aside = {};
  std::vector<std::string> no_objects = {};      // folders among the objects' that hold none
  std::vector<OptionDescription> changed = {};   // that somebody has set
  std::vector<nerf::StoredResidual> views = {};  // how well the field explains each; empty when that is not known
  int64_t bytes = 0;                             // on disk
};
// Of large files opens only photos that are new or have changed.
RunDescription DescribeRun(const RunFolder& run, const Job& job);
Json ToJson(const RunDescription& described);

// Names of the views that are never trained on.
std::vector<std::string> HeldOutViews(const scene::Scene& scene);

}  // namespace sanerf::run
