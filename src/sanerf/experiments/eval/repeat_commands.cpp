#include "sanerf/experiments/eval/repeat_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/pipeline/auto_stage.h"
#include "sanerf/pipeline/flags_for.h"
#include "sanerf/pipeline/settings.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

std::string PathWord(const fs::path& path) { return ShellQuoted(fs::weakly_canonical(fs::absolute(path)).string()); }

// The objects of its field, in the order of their labels.
std::vector<run::StoredObject> SharingTheFieldOf(const run::StoredObject& object,
                                                 const std::vector<run::StoredObject>& objects) {
  std::vector<run::StoredObject> sharing;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(sharing),
               [&](const run::StoredObject& other) { return other.field_id == object.field_id; });
  std::sort(sharing.begin(), sharing.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
  return sharing;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> CommandsToRepeat(const run::RunFolder& run, const scene::Scene& scene,
                                                                  const std::vector<run::StoredObject>& objects) {
  pipeline::Settings settings;
  pipeline::Restore(settings, run.options(), run.origins(), (run.path() / "run.json").string());
  const Json options = pipeline::ToJson(settings);
  const std::string folder = PathWord(run.path());
  std::vector<std::pair<std::string, std::string>> commands = {
      {"the radiance field", fmt::format("sanerf train {} --out {}{}", PathWord(scene.root), folder,
                                         pipeline::FlagsFor(options, {"scene", "nerf"}))}};
  if (std::any_of(objects.begin(), objects.end(), pipeline::IsOfSearch))
    commands.emplace_back("what was found without a prompt",
                          fmt::format("sanerf segment {} --auto{}", folder,
                                      pipeline::FlagsFor(options, {"encode", "masks", "segment", "object", "auto"})));
  const std::string flags = pipeline::FlagsFor(options, {"encode", "masks", "segment", "object"});
  std::set<std::string> repeated;
  for (const run::StoredObject& object : objects) {
    if (pipeline::IsOfSearch(object)) continue;  // its prompts.json says where it is, not how it was found
    if (repeated.contains(object.name)) continue;
    std::string names, files;
    for (const run::StoredObject& sharing : SharingTheFieldOf(object, objects)) {
      repeated.insert(sharing.name);
      names += (names.empty() ? "" : ", ") + sharing.name;
      files += " --prompts " + PathWord(sharing.folder / "prompts.json");
    }
    commands.emplace_back(names, fmt::format("sanerf segment {}{}{}", folder, files, flags));
  }
  commands.emplace_back("the scores and this page", fmt::format("sanerf eval {} --report", folder));
  for (const run::StoredObject& object : objects)
    commands.emplace_back(object.name + " all around",
                          fmt::format("sanerf render {} --object {} --views orbit --layers overlay,cutout", folder,
                                      ShellQuoted(object.name)));
  return commands;
}

}  // namespace sanerf::experiments
