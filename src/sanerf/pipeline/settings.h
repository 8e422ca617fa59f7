// Every option of every stage. Later sources win:
// built-in < run folder < preset < --config FILE < --set stage.key=value < named flags.
#pragma once

#include <concepts>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/core/option_origins.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/feature_container/field_options.h"
#include "sanerf/nerf/options.h"
#include "sanerf/poses/options.h"
#include "sanerf/scene/mask_meaning.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/text/text_options.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/synth.h"

namespace sanerf::pipeline {

struct Settings : segmentation::SegmentationOptions {
  synth::SynthOptions synth;
  poses::PosesOptions poses;
  scene::SceneOptions scene;
  nerf::NerfOptions nerf;
  feature_container::EncodeOptions encode;
  feature_container::FeatureFieldOptions field;
  segmentation::TextOptions text;

  OptionOrigins origins;  // of these values
};

// Refers to `settings`; every stage once, in the pipeline's order.
OptionRegistry RegistryOf(Settings& settings);

// ---- Options by name: of Settings, and of a struct that has further stages (those of baselines, say) and a RegistryOf
// of its own. What each does, and throws: OptionOrigins.

template <class S>
concept OptionStages = std::derived_from<S, Settings>;

template <OptionStages S>
void ApplyFile(S& settings, const std::filesystem::path& path) {
  settings.origins.ApplyFile(RegistryOf(settings), path);
}
template <OptionStages S>
void Assign(S& settings, const std::string& assignment, const std::string& origin = "--set") {
  settings.origins.Assign(RegistryOf(settings), assignment, origin);
}
template <OptionStages S>
void Restore(S& settings, const Json& options, const Json& origins, const std::string& file = "run.json") {
  scene::MeanAsBefore(options, &settings.scene);
  settings.origins.Restore(RegistryOf(settings), options, origins, file);
}
template <OptionStages S>
void Take(S& settings, const std::map<std::string, std::string>& origins, S from) {
  settings.origins.Take(RegistryOf(settings), origins, RegistryOf(from));
}
template <OptionStages S>
void AllowOnly(const S& settings, const std::vector<std::string>& stages, const std::string& command) {
  S copy = settings;  // a registry can also write; this one only reads
  settings.origins.AllowOnly(stages, command, RegistryOf(copy));
}
template <OptionStages S, class Value = Json>  // a parameter, since Json itself need not be complete here
Value ToJson(const S& settings) {              // {"nerf": {"iters": 3000}}
  S copy = settings;
  return RegistryOf(copy).ToJson();
}

}  // namespace sanerf::pipeline
