#include "sanerf/pipeline/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/mask_meaning.h"

namespace sanerf::pipeline {

void Settings::Register(OptionRegistry* registry) {
  registry->Add({"synth", "synth", "the procedural scene"}, synth);
  registry->Add({"scene", "train", "how a folder of photos is read"}, scene);
  registry->Add({"nerf", "train", "the radiance field and its training"}, nerf);
  registry->Add({"encode", "encode", "SAM's image encoder"}, encode);
  registry->Add({"field", "encode --container field", "the distilled feature field"}, field);
  registry->Add({"text", "segment --text", "objects found by words"}, text);
  registry->Add({"masks", "segment", "one mask per view: visibility and SAM's decoder"}, masks);
  registry->Add({"segment", "segment", "rounds of decoding, and what the object field starts from"}, segment);
  registry->Add({"object", "segment", "the object field"}, object);
  registry->Add({"auto", "segment --auto", "objects found without a prompt"}, automatic);
}

OptionRegistry Settings::Registry() {
  OptionRegistry registry;
  Register(&registry);
  return registry;
}

Json Settings::ToJson() const {
  return const_cast<Settings*>(this)->Registry().ToJson();  // a registry can also write; this one only reads
}

void Settings::Take(const std::map<std::string, std::string>& origins, Settings from) {
  const OptionRegistry into = Registry(), source = from.Registry();
  for (const auto& [name, origin] : origins) {
    into.Find(name)->set(source.Find(name)->get());
    if (origin.empty()) {
      origins_.erase(name);
    } else {
      origins_[name] = origin;
    }
  }
}

void Settings::ApplyFile(const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  const auto fail = [&](const std::string& why) {
    throw UsageError(path.string(), why, "write {\"nerf\": {\"iters\": 2000}}");
  };
  if (!json.is_object()) fail("expected an object of stages");
  const OptionRegistry registry = Registry();
  for (const auto& [stage, values] : json.items()) {
    if (!values.is_object()) fail(fmt::format("\"{}\" is not a stage with options", stage));
    for (const auto& [key, value] : values.items()) {
      const std::string name = stage + "." + key;
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (const OptionRegistry::RemovedEntry* removed = registry.FindRemoved(name)) {
        notices_.push_back(path.string() + ": " + removed->Notice(text));
      } else {
        Assign(name + "=" + text, path.string());
      }
    }
  }
}

void Settings::Assign(const std::string& assignment, const std::string& origin) {
  const OptionRegistry registry = Registry();
  const OptionRegistry::Assigned assigned = registry.Set(assignment, origin);
  if (!assigned.notice.empty()) notices_.push_back(assigned.notice);
  if (assigned.entry == nullptr) return;
  origins_[assigned.entry->name()] = origin;
  given_here_[assigned.entry->name()] = origin;
}

void Settings::Restore(const Json& options, const Json& origins, const std::string& file) {
  OptionRegistry registry = Registry();
  scene::MeanAsBefore(options, &scene);
  for (std::string& notice : registry.FromJson(options, file)) notices_.push_back(std::move(notice));
  for (const auto& [name, origin] : origins.items()) {
    if (registry.FindRemoved(name) != nullptr) continue;
    const OptionRegistry::Entry* entry = registry.Find(name);
    if (origin.is_string()) origins_[entry != nullptr ? entry->name() : name] = origin.get<std::string>();
  }
}

void Settings::AllowOnly(const std::vector<std::string>& stages, const std::string& command) const {
  for (const auto& [name, origin] : given_here_) {
    const std::string stage = name.substr(0, name.find('.'));
    if (std::find(stages.begin(), stages.end(), stage) != stages.end()) continue;
    const std::vector<OptionRegistry::Stage> all = const_cast<Settings*>(this)->Registry().stages();
    const auto own = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == stage; });
    throw UsageError(fmt::format("option {} has no effect on '{}'", name, command), "",
                     fmt::format("give it to: sanerf {}", own->command));
  }
}

Json Settings::Origins() const {
  Json json = Json::object();
  for (const auto& [name, origin] : origins_) json[name] = origin;
  return json;
}

}  // namespace sanerf::pipeline
