#include "sanerf/pipeline/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"

namespace sanerf {
namespace {

// Which command a stage's options belong to, for hints.
const std::map<std::string, std::string>& CommandOfStage() {
  static const std::map<std::string, std::string> commands = {
      {"synth", "synth"},   {"scene", "train"},     {"nerf", "train"},    {"encode", "encode"},
      {"field", "encode"},  {"text", "segment --text"}, {"masks", "segment"}, {"segment", "segment"}, {"object", "segment"},
      {"auto", "segment --auto"}, {"sa3d", "compare"}, {"isrf", "compare"},
      {"panoptic_lifting", "compare"}, {"contrastive_lift", "compare"}};
  return commands;
}

}  // namespace

Settings::Settings() {
  registry_.Add("synth", synth);
  registry_.Add("scene", scene);
  registry_.Add("nerf", nerf);
  registry_.Add("encode", encode);
  registry_.Add("field", field);
  registry_.Add("text", text);
  registry_.Add("masks", masks);
  registry_.Add("segment", segment);
  registry_.Add("object", object);
  registry_.Add("auto", automatic);
  registry_.Add("sa3d", sa3d);
  registry_.Add("isrf", isrf);
  registry_.Add("panoptic_lifting", panoptic_lifting);
  registry_.Add("contrastive_lift", contrastive_lift);
}

void Settings::ApplyPreset(const std::string& name) {
  const Json before = registry_.ToJson().at("nerf");
  nerf = NerfPreset(name);
  const Json after = registry_.ToJson().at("nerf");
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
  registry_.Set(assignment);
  const std::string name = assignment.substr(0, assignment.find('='));
  origins_[name] = origin;
  given_here_[name] = origin;
}

void Settings::Restore(const Json& options, const Json& origins) {
  registry_.FromJson(options);
  for (const auto& [name, origin] : origins.items()) {
    if (origin.is_string()) origins_[name] = origin.get<std::string>();
  }
}

void Settings::AllowOnly(const std::vector<std::string>& stages, const std::string& command) const {
  for (const auto& [name, origin] : given_here_) {
    const std::string stage = name.substr(0, name.find('.'));
    if (std::find(stages.begin(), stages.end(), stage) != stages.end()) continue;
    throw UsageError(fmt::format("option {} has no effect on '{}'", name, command), "",
                     fmt::format("give it to: sanerf {}", CommandOfStage().at(stage)));
  }
}

Json Settings::Origins() const {
  Json json = Json::object();
  for (const auto& [name, origin] : origins_) json[name] = origin;
  return json;
}

}  // namespace sanerf
