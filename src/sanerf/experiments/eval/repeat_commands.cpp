#include "sanerf/experiments/eval/repeat_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/pipeline/auto_stage.h"
#include "sanerf/pipeline/flags_for.h"
#include "sanerf/pipeline/settings.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

std::string PathWord(const fs::path& path) { return ShellQuoted(fs::weakly_canonical(fs::absolute(path)).string()); }

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
