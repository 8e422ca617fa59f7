#include "sanerf/pipeline/option_origins.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"

namespace sanerf::pipeline {

void OptionOrigins::ApplyFile(const OptionRegistry& registry, const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  const auto fail = [&](const std::string& why) {
    throw UsageError(path.string(), why, "write {\"nerf\": {\"iters\": 2000}}");
  };
  if (!json.is_object()) fail("expected an object of stages");
  for (const auto& [stage, values] : json.items()) {
    if (!values.is_object()) fail(fmt::format("\"{}\" is not a stage with options", stage));
    for (const auto& [key, value] : values.items()) {
      const std::string name = stage + "." + key;
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (const OptionRegistry::RemovedEntry* removed = registry.FindRemoved(name)) {
        notices_.push_back(path.string() + ": " + removed->Notice(text));
      } else {
        Assign(registry, name + "=" + text, path.string());
      }
    }
  }
}

void OptionOrigins::Assign(const OptionRegistry& values, const std::string& assignment, const std::string& origin) {
  const OptionRegistry::Assigned assigned = values.Set(assignment, origin);
  if (!assigned.notice.empty()) notices_.push_back(assigned.notice);
  if (assigned.entry == nullptr) return;
  origins_[assigned.entry->name()] = origin;
  given_here_[assigned.entry->name()] = origin;
}

void OptionOrigins::Restore(OptionRegistry values, const Json& options, const Json& origins, const std::string& file) {
  for (std::string& notice : values.FromJson(options, file)) notices_.push_back(std::move(notice));
  for (const auto& [name, origin] : origins.items()) {
    if (values.FindRemoved(name) != nullptr) continue;
    const OptionRegistry::Entry* entry = values.Find(name);
    if (origin.is_string()) origins_[entry != nullptr ? entry->name() : name] = origin.get<std::string>();
  }
}

void OptionOrigins::Take(const OptionRegistry& values, const std::map<std::string, std::string>& origins,
                         const OptionRegistry& from) {
  for (const auto& [name, origin] : origins) {
    values.Find(name)->set(from.Find(name)->get());
    if (origin.empty()) {
      origins_.erase(name);
    } else {
      origins_[name] = origin;
    }
  }
}

void OptionOrigins::AllowOnly(const std::vector<std::string>& stages, const std::string& command,
                              const OptionRegistry& values) const {
  for (const auto& [name, origin] : given_here_) {
    const std::string stage = name.substr(0, name.find('.'));
    if (std::find(stages.begin(), stages.end(), stage) != stages.end()) continue;
    const std::vector<OptionRegistry::Stage>& all = values.stages();
    const auto own = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == stage; });
    throw UsageError(fmt::format("option {} has no effect on '{}'", name, command), "",
                     fmt::format("give it to: sanerf {}", own->command));
  }
}

Json OptionOrigins::ToJson() const {
  Json json = Json::object();
  for (const auto& [name, origin] : origins_) json[name] = origin;
  return json;
}

}  // namespace sanerf::pipeline
