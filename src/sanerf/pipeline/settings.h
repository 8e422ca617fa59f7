// Every option of every stage, and where its value came from. Later sources win:
// built-in < run folder < preset < --config FILE < --set stage.key=value < named flags.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/feature_container/field_options.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/text/text_options.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/synth.h"

namespace sanerf::pipeline {

// A plain value: copies are independent.
class Settings : public segmentation::SegmentationOptions {
 public:
  synth::SynthOptions synth;
  scene::SceneOptions scene;
  nerf::NerfOptions nerf;
  feature_container::EncodeOptions encode;
  feature_container::FeatureFieldOptions field;
  segmentation::TextOptions text;

  Settings() = default;
  Settings(const Settings&) = default;
  Settings& operator=(const Settings&) = default;
  virtual ~Settings() = default;

  // {"nerf": {"iters": 2000}}, comments allowed; former and removed names are a notice. Throws UsageError for unknown
  // keys, wrong types and values out of range.
  void ApplyFile(const std::filesystem::path& path);
  // These options as `from` has them. origins: by name of the option, "preset paper"; empty = nobody said it.
  void Take(const std::map<std::string, std::string>& origins, Settings from);
  // "stage.key=value". origin: "--set", the flag that stands for it ("--iters") or a file. Throws UsageError. A removed
  // option at the value that it has now is a notice.
  void Assign(const std::string& assignment, const std::string& origin = "--set");
  // What `file` recorded; unknown keys are ignored, former and removed names are a notice. Throws Error for values out
  // of range, with the file and the key.
  void Restore(const Json& options, const Json& origins, const std::string& file = "run.json");

  // Throws UsageError when an option outside `stages` was given by the user: it would have no effect here.
  void AllowOnly(const std::vector<std::string>& stages, const std::string& command) const;

  // Of options that were given or recorded by a former name: what they are called now; of removed ones: what is done.
  const std::vector<std::string>& notices() const { return notices_; }

  Json ToJson() const;
  Json Origins() const;       // {"nerf.iters": "--iters"}, only what is not built in
  OptionRegistry Registry();  // refers to this object; every stage once, in the pipeline's order

 protected:
  // Programs with further stages (baselines, say) derive and add theirs.
  virtual void Register(OptionRegistry* registry);

 private:
  std::map<std::string, std::string> origins_, given_here_;
  std::vector<std::string> notices_;
};

}  // namespace sanerf::pipeline
