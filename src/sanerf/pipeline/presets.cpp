#include "sanerf/pipeline/presets.h"

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"

namespace sanerf::pipeline {
namespace {

constexpr std::pair<const char*, Preset> kPresets[] = {
    {"fast", Preset::kFast}, {"default", Preset::kDefault}, {"paper", Preset::kPaper}};

void MakeFast(Settings* settings) {
  settings->nerf.iters = 1600;
  settings->nerf.batch_samples = 1 << 15;
  settings->nerf.log2_table = 17;
}

// Where the paper is silent, the value is the release's. What has no switch here and differs all the same is listed in
// docs/method.md.
void MakePaper(Settings* settings) {
  nerf::NerfOptions& nerf = settings->nerf;  // section A: torch-ngp
  nerf.iters = 15000;
  nerf.batch_samples = 1 << 18;
  nerf.density_layers = 2;
  nerf.loss = nerf::PhotoLoss::kMse;
  nerf.background = nerf::RayBackground::kLastSample;
  nerf.lr_final = 0.1f;
  nerf.near_gradients = 0;

  settings->encode.source =
      feature_container::EncodedPicture::kRender;  // sections 3.1 and B: the radiance field's views, 512 x 512
  settings->encode.size = 512;
  settings->field.iters = 5000;
  settings->field.rays = 4096;
  settings->field.log2_table = 19;

  mask_decoder::MaskDecoderOptions& masks = settings->masks;  // section 3.2
  masks.rule = mask_decoder::RuleChoice::kHighestIou;         // the highest predicted IoU of three
  masks.seed_points = 0;
  masks.specks = 0;
  masks.depth_tolerance = 0.05f;  // release
  masks.relative_depth_tolerance = 0;

  segmentation::SegmentOptions& segment = settings->segment;  // every view for itself, and the field from nothing
  segment.same_candidate = false;
  segment.rounds = 0;
  segment.sharp_outlines = false;
  segment.from_vote = false;

  mask_aggregator::AggregatorOptions& object = settings->object;  // section 3.3
  object.iters = 600;
  object.rays = 4096;
  object.label_smoothing = 0;  // Eq. 8
  object.field.log2_table = 19;
  object.field.layers = 2;  // three linear layers

  mask_aggregator::RgbLossOptions& rgb = object.rgb;  // Eq. 9 to 14
  rgb.weight = 1;
  rgb.from = 0.5f;  // after 300 of the 600 steps
  rgb.refresh = 200;
  rgb.redraw = 1;
  rgb.patch = 16;
  rgb.rays = 32;
  rgb.references = 20;
  rgb.pair.cosine = false;  // f of Eq. 11
  rgb.pair.hard = false;    // between the two predictions themselves
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
  throw UsageError("preset '" + name + "'", "unknown preset", near.empty() ? "use fast, default or paper" : near);
}

std::string NameOf(Preset preset) {
  for (const auto& [name, known] : kPresets)
    if (preset == known) return name;
  return "";
}

Settings SettingsOf(Preset preset) {
  Settings settings;
  if (preset == Preset::kFast) MakeFast(&settings);
  if (preset == Preset::kPaper) MakePaper(&settings);
  return settings;
}

std::vector<std::string> PresetOptions() {
  std::vector<std::string> names;
  Settings built_in;
  const OptionRegistry before = built_in.Registry();
  for (const auto& [name, preset] : kPresets) {
    Settings settings = SettingsOf(preset);
    for (const OptionRegistry::Entry& entry : settings.Registry().entries())
      if (entry.get() != before.Find(entry.name())->get()) names.push_back(entry.name());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void ApplyPreset(Preset preset, const std::vector<std::string>& stages, Settings* settings) {
  const Settings from = SettingsOf(preset);
  const Json wanted = from.ToJson(), built_in = Settings().ToJson();
  for (const std::string& name : PresetOptions()) {
    const std::string stage = name.substr(0, name.find('.')), key = name.substr(stage.size() + 1);
    if (std::find(stages.begin(), stages.end(), stage) == stages.end()) continue;
    const bool is_built_in = wanted.at(stage).at(key) == built_in.at(stage).at(key);
    settings->Take(name, from, is_built_in ? "" : "preset " + NameOf(preset));
  }
}

void ApplyPreset(Preset preset, Settings* settings) {
  std::vector<std::string> stages;
  for (const OptionRegistry::Stage& stage : settings->Registry().stages()) stages.push_back(stage.name);
  ApplyPreset(preset, stages, settings);
}

}  // namespace sanerf::pipeline
