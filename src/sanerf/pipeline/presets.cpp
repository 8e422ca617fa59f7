#include "sanerf/pipeline/presets.h"

#include <algorithm>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"

namespace sanerf::pipeline {
namespace {

constexpr std::pair<const char*, Preset> kPresets[] = {
    {"fast", Preset::kFast}, {"default", Preset::kDefault}, {"paper", Preset::kPaper}};

struct PresetValue {
  const char *option, *value;  // as --set takes them
};

constexpr PresetValue kFast[] = {{"nerf.iters", "1600"}, {"nerf.batch_samples", "32768"}, {"nerf.log2_table", "17"}};

// The whole method, also where the built-in value is the same: a run may have recorded another one. Where the paper is
// silent, the value is the release's. Models, seeds and how much of a scene is taken are nobody's; what has no switch
// here and differs all the same is listed in docs/method.md.
constexpr PresetValue kPaper[] = {
    // Section A: torch-ngp.
    {"nerf.iters", "15000"},
    {"nerf.batch_samples", "262144"},
    {"nerf.lr", "0.01"},
    {"nerf.lr_final", "0.1"},
    {"nerf.loss", "mse"},
    {"nerf.distortion", "0.02"},
    {"nerf.exposure", "false"},
    {"nerf.near_gradients", "0"},
    {"nerf.levels", "16"},
    {"nerf.features", "2"},
    {"nerf.log2_table", "19"},
    {"nerf.base", "16"},
    {"nerf.top", "2048"},
    {"nerf.density_width", "64"},
    {"nerf.density_layers", "2"},
    {"nerf.color_width", "64"},
    {"nerf.color_layers", "2"},

    // Sections 3.1 and B: the radiance field's views, 512 x 512.
    {"encode.source", "render"},
    {"encode.size", "512"},
    {"field.iters", "5000"},
    {"field.rays", "4096"},
    {"field.extra_views", "0"},
    {"field.lr", "0.01"},
    {"field.lr_final", "0.1"},
    {"field.levels", "16"},
    {"field.features", "8"},
    {"field.log2_table", "19"},
    {"field.base", "16"},
    {"field.top", "512"},
    {"field.width", "256"},

    // Section 3.2: of three masks the one with the highest predicted IoU.
    {"masks.rule", "highest_iou"},
    {"masks.seed_points", "0"},
    {"masks.specks", "0"},
    {"masks.depth_tolerance", "0.05"},
    {"masks.relative_depth_tolerance", "0"},

    // All views, every one for itself, and the field from nothing.
    {"segment.until_stable", "false"},
    {"segment.same_candidate", "false"},
    {"segment.rounds", "0"},
    {"segment.sharp_outlines", "false"},
    {"segment.from_vote", "false"},
    {"segment.view_trust", "0"},
    {"segment.drop_specks", "false"},
    {"auto.rounds", "0"},

    // Sections 3.3 and A: three linear layers with a skip connection, Eq. 8.
    {"object.iters", "600"},
    {"object.rays", "4096"},
    {"object.lr", "0.01"},
    {"object.lr_final", "0.1"},
    {"object.label_smoothing", "0"},
    {"object.levels", "16"},
    {"object.features", "8"},
    {"object.log2_table", "19"},
    {"object.base", "16"},
    {"object.top", "512"},
    {"object.width", "256"},
    {"object.layers", "2"},
    {"object.skip", "true"},

    // Eq. 9 to 14, from step 300 of 600 on; f as in Eq. 11, between the two predictions themselves.
    {"object.rgb_weight", "1"},
    {"object.rgb_from", "0.5"},
    {"object.rgb_refresh", "200"},
    {"object.rgb_redraw", "1"},
    {"object.rgb_regions_per_step", "8"},
    {"object.rgb_views", "0"},
    {"object.rgb_patch", "16"},
    {"object.rgb_rays", "32"},
    {"object.rgb_references", "20"},
    {"object.rgb_tau", "0.1"},
    {"object.rgb_sharpness", "10"},
    {"object.rgb_cosine", "false"},
    {"object.rgb_hard", "false"},
};

template <size_t N>
void Make(const PresetValue (&values)[N], Settings* settings) {
  const OptionRegistry registry = RegistryOf(*settings);
  for (const PresetValue& value : values) registry.Set(std::string(value.option) + "=" + value.value, "preset");
}

}  // namespace

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  for (const auto& [name, preset] : kPresets) names.push_back(name);
  return names;
}

Preset ParsePreset(const std::string& name) {
  for (const auto& [known, preset] : kPresets)
    if (name == known) return preset;
  const std::string near = DidYouMean(name, PresetNames());
  throw UsageError("preset '" + name + "'", "unknown preset", near.empty() ? "use " + Listed(PresetNames()) : near);
}

std::string NameOf(Preset preset) {
  for (const auto& [name, known] : kPresets)
    if (preset == known) return name;
  return "";
}

Settings SettingsOf(Preset preset) {
  Settings settings;
  if (preset == Preset::kFast) Make(kFast, &settings);
  if (preset == Preset::kPaper) Make(kPaper, &settings);
  return settings;
}

std::vector<std::string> PresetOptions() {
  std::vector<std::string> names;
  for (const PresetValue& value : kFast) names.push_back(value.option);
  for (const PresetValue& value : kPaper) names.push_back(value.option);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void ApplyPreset(Preset preset, const std::vector<std::string>& stages, Settings* settings) {
  const Settings from = SettingsOf(preset);
  const Json wanted = ToJson(from), built_in = ToJson(Settings());
  std::map<std::string, std::string> origins;
  for (const std::string& name : PresetOptions()) {
    const std::string stage = name.substr(0, name.find('.')), key = name.substr(stage.size() + 1);
    if (std::find(stages.begin(), stages.end(), stage) == stages.end()) continue;
    const bool is_built_in = wanted.at(stage).at(key) == built_in.at(stage).at(key);
    origins[name] = is_built_in ? "" : "preset " + NameOf(preset);
  }
  Take(*settings, origins, from);
}

void ApplyPreset(Preset preset, Settings* settings) {
  std::vector<std::string> stages;
  for (const OptionRegistry::Stage& stage : RegistryOf(*settings).stages()) stages.push_back(stage.name);
  ApplyPreset(preset, stages, settings);
}

}  // namespace sanerf::pipeline
