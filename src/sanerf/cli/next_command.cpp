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

std::string NextAfterExport(const fs::path& run, const ExportedThing& exported) {
  if (exported.format == "nerfstudio" || exported.format == "colmap") return NextAfterScene(exported.place);
  if (exported.format == "prompts") {
    const fs::path file = fs::is_directory(exported.place) ? exported.place / "prompts.json" : exported.place;
    return fmt::format("sanerf segment {} --prompts {}", Quoted(run), Quoted(file));
  }
  std::string objects;
  for (const std::string& name : exported.objects) objects += " --object " + ShellQuoted(name);
  if (objects.empty()) return fmt::format("sanerf view {}", Quoted(run));
  return fmt::format("sanerf export {}{} --format {}", Quoted(run), objects,
                     exported.format == "video" ? "masks" : "video");
}

}  // namespace sanerf::cli
