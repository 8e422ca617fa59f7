#include "sanerf/cli/next_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/shell_quoted.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

std::string Word(const fs::path& path) { return ShellQuoted(path.string()); }

}  // namespace

std::string NextAfterScene(const fs::path& scene) {
  const fs::path beside = (scene / ".." / (run::NameOfPath(scene) + "_run")).lexically_normal();
  return fmt::format("sanerf train {} --out {}", Word(scene), Word(beside));
}

std::string NextAfterTraining(const fs::path& run, const scene::Scene& scene) {
  const scene::View& view = scene.views[size_t(scene.TrainViews().front())];
  const std::string click = fmt::format("{}:{},{}", view.name, view.camera.width / 2, view.camera.height / 2);
  return fmt::format("sanerf segment {} --name object --click {}", Word(run), ShellQuoted(click));
}

std::string NextAfterObject(const fs::path& run, const scene::Scene& scene, const std::string& object) {
  const std::vector<int> test = scene.TestViews();
  if (test.empty())
    return fmt::format("sanerf render {} --object {} --views orbit --layers overlay,cutout", Word(run),
                       ShellQuoted(object));
  const bool has_masks =
      std::any_of(test.begin(), test.end(), [&](int i) { return !scene.views[size_t(i)].mask_path.empty(); });
  return fmt::format("sanerf eval {}{}", Word(run), has_masks ? "" : " --report");
}

}  // namespace sanerf::cli
