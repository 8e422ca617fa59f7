#include "sanerf/experiments/eval/repeat_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/pipeline/auto_stage.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/settings.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

std::string PathWord(const fs::path& path) { return ShellQuoted(fs::weakly_canonical(fs::absolute(path)).string()); }

// As --set takes it: options of single precision in their own digits.
std::string ValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return value.dump();
  const double number = value.get<double>();
  const float rounded = float(number);
  return double(rounded) == number ? fmt::format("{}", rounded) : fmt::format("{}", number);
}

std::vector<std::string> Differences(const Json& options, const Json& from, const std::vector<std::string>& stages) {
  std::vector<std::string> assignments;
  for (const std::string& stage : stages) {
    for (const auto& [key, value] : options.at(stage).items())
      if (value != from.at(stage).at(key)) assignments.push_back(stage + "." + key + "=" + ValueText(value));
  }
  return assignments;
}

}  // namespace

std::string FlagsFor(const Json& options, const std::vector<std::string>& stages) {
  std::optional<std::vector<std::string>> fewest;
  std::string preset;
  for (const pipeline::Preset choice :
       {pipeline::Preset::kDefault, pipeline::Preset::kFast, pipeline::Preset::kPaper}) {
    std::vector<std::string> differences = Differences(options, pipeline::SettingsOf(choice).ToJson(), stages);
    if (fewest && differences.size() >= fewest->size()) continue;
    fewest = std::move(differences);
    preset = choice == pipeline::Preset::kDefault ? "" : " --preset " + pipeline::NameOf(choice);
  }
  std::string flags = preset;
  for (const std::string& assignment : *fewest) flags += " --set " + ShellQuoted(assignment);
  return flags;
}

std::vector<std::pair<std::string, std::string>> CommandsToRepeat(const run::RunFolder& run, const scene::Scene& scene,
                                                                  const std::vector<run::StoredObject>& objects) {
  pipeline::Settings settings;
  settings.Restore(run.options(), run.origins(), (run.path() / "run.json").string());
  const Json options = settings.ToJson();
  const std::string folder = PathWord(run.path());
  std::vector<std::pair<std::string, std::string>> commands = {
      {"the radiance field",
       fmt::format("sanerf train {} --out {}{}", PathWord(scene.root), folder, FlagsFor(options, {"scene", "nerf"}))}};
  if (std::any_of(objects.begin(), objects.end(), pipeline::IsOfSearch))
    commands.emplace_back("what was found without a prompt",
                          fmt::format("sanerf segment {} --auto{}", folder,
                                      FlagsFor(options, {"encode", "masks", "segment", "object", "auto"})));
  const std::string flags = FlagsFor(options, {"encode", "masks", "segment", "object"});
  for (const run::StoredObject& object : objects) {
    if (pipeline::IsOfSearch(object)) continue;  // its prompts.json says where it is, not how it was found
    const bool is_alone = object.labels.size() <= 1;
    commands.emplace_back(
        object.name + (is_alone ? "" : ", by itself (objects in one prompts file share a field)"),
        fmt::format("sanerf segment {} --prompts {}{}", folder, PathWord(object.folder / "prompts.json"), flags));
  }
  commands.emplace_back("the scores and this page", fmt::format("sanerf eval {} --report", folder));
  for (const run::StoredObject& object : objects)
    commands.emplace_back(object.name + " all around",
                          fmt::format("sanerf render {} --object {} --views orbit --layers overlay,cutout", folder,
                                      ShellQuoted(object.name)));
  return commands;
}

}  // namespace sanerf::experiments
