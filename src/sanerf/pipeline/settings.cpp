#include "sanerf/pipeline/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"

namespace sanerf {
std::vector<Settings::Stage> Settings::Stages() {
  std::vector<Stage> stages;
  ForEachStage([&](const Stage& stage, auto) { stages.push_back(stage); });
  return stages;
}

OptionRegistry Settings::Registry() {
  OptionRegistry registry;
  ForEachStage([&](const Stage& stage, auto member) { registry.Add(stage.name, this->*member); });
  return registry;
}

Json Settings::ToJson() const {
  Settings copy = *this;  // a registry can also write
  return copy.Registry().ToJson();
}

void Settings::ApplyPreset(const std::string& name) {
  const Json before = OptionsToJson(nerf);
  nerf = NerfPreset(name);
  const Json after = OptionsToJson(nerf);
  for (const auto& [key, value] : after.items()) {
    if (value != before.at(key)) origins_["nerf." + key] = "preset " + name;
  }
}

void Settings::ApplyFile(const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  const auto fail = [&](const std::string& why) {
    throw UsageError(path.string(), why, "write {\"nerf\": {\"iters\": 2000}}");
  };
  if (!json.is_object()) fail("expected an object of stages");
  for (const auto& [stage, values] : json.items()) {
    if (!values.is_object()) fail(fmt::format("\"{}\" is not a stage with options", stage));
    for (const auto& [key, value] : values.items()) {
      Assign(fmt::format("{}.{}={}", stage, key, value.is_string() ? value.get<std::string>() : value.dump()),
             path.string());
    }
  }
}

void Settings::Assign(const std::string& assignment, const std::string& origin) {
  Registry().Set(assignment, origin);
  const std::string name = assignment.substr(0, assignment.find('='));
  origins_[name] = origin;
  given_here_[name] = origin;
}

void Settings::Restore(const Json& options, const Json& origins, const std::string& file) {
  Registry().FromJson(options, file);
  for (const auto& [name, origin] : origins.items()) {
    if (origin.is_string()) origins_[name] = origin.get<std::string>();
  }
}

void Settings::AllowOnly(const std::vector<std::string>& stages, const std::string& command) const {
  for (const auto& [name, origin] : given_here_) {
    const std::string stage = name.substr(0, name.find('.'));
    if (std::find(stages.begin(), stages.end(), stage) != stages.end()) continue;
    const std::vector<Stage> all = Stages();
    const auto own = std::find_if(all.begin(), all.end(), [&](const Stage& s) { return s.name == stage; });
    throw UsageError(fmt::format("option {} has no effect on '{}'", name, command), "",
                     fmt::format("give it to: sanerf {}", own->command));
  }
}

Json Settings::Origins() const {
  Json json = Json::object();
  for (const auto& [name, origin] : origins_) json[name] = origin;
  return json;
}

}  // namespace sanerf
