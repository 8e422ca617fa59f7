#include "sanerf/cli/next_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/cli/command.h"
#include "sanerf/core/shell_quoted.h"

namespace fs = std::filesystem;

namespace sanerf::cli {

std::string NextAfterScene(const fs::path& scene) {
  return fmt::format("sanerf train {} --out {}", Quoted(scene), Quoted(RunBeside(scene)));
}

std::string NextAfterTraining(const fs::path& run, const scene::Scene& scene) {
  if (scene.is_dynamic) return fmt::format("sanerf eval {}", Quoted(run));  // what moves cannot be segmented
  const scene::View& view = scene.views[size_t(scene.TrainViews().front())];
  const std::string click = fmt::format("{}:{},{}", view.name, view.camera.width / 2, view.camera.height / 2);
  return fmt::format("sanerf segment {} --name object --click {}", Quoted(run), ShellQuoted(click));
}

std::string NextAfterObject(const fs::path& run, const scene::Scene& scene, const std::string& object) {
  const std::vector<int> test = scene.TestViews();
  if (test.empty())
    return fmt::format("sanerf render {} --object {} --views orbit --layers overlay,cutout", Quoted(run),
                       ShellQuoted(object));
  const bool has_masks =
      std::any_of(test.begin(), test.end(), [&](int i) { return !scene.views[size_t(i)].mask_path.empty(); });
  return fmt::format("sanerf eval {}{}", Quoted(run), has_masks ? "" : " --report");
}

}  // namespace sanerf::cli
