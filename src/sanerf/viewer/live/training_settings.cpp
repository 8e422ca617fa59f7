#include "sanerf/viewer/live/training_settings.h"

#include <map>

#include "sanerf/core/json.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::viewer {

using pipeline::Settings;

Settings RecordedSettings(const std::filesystem::path& run) {
  const run::RunFolder folder = run::RunFolder::Open(run);
  Settings settings;
  pipeline::Restore(settings, folder.options(), folder.origins(), (run / "run.json").string());
  return settings;
}

std::string PresetOf(const Settings& settings) {
  const Json ours = pipeline::ToJson(settings).at("nerf");
  for (const std::string& name : pipeline::PresetNames()) {
    const Json preset = pipeline::ToJson(pipeline::SettingsOf(pipeline::ParsePreset(name))).at("nerf");
    bool is_same = true;
    for (const auto& [key, value] : preset.items()) is_same &= !nerf::ShapesTheField(key) || ours.at(key) == value;
    if (is_same) return name;
  }
  return "";
}

Settings WithPreset(const std::string& preset, const Settings& said) {
  Settings settings = said;
  pipeline::ApplyPreset(pipeline::ParsePreset(preset), &settings);
  const OptionRegistry known = RegistryOf(settings);
  std::map<std::string, std::string> kept;
  const Json origins = said.origins.ToJson();
  for (const auto& [name, origin] : origins.items()) {
    const std::string text = origin.get<std::string>();
    if (!text.starts_with("preset ") && known.Find(name) != nullptr) kept[name] = text;
  }
  pipeline::Take(settings, kept, said);
  return settings;
}

}  // namespace sanerf::viewer
