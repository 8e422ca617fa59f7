// What is useful after a command, with names that are there: each can be pasted as it is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/scene/scene.h"

namespace sanerf::cli {

std::string NextAfterScene(const std::filesystem::path& scene);  // train it, beside it
// A click in the middle of a training photo, for the user to put where the object is.
std::string NextAfterTraining(const std::filesystem::path& run, const scene::Scene& scene);
// The scores where held-out photos have masks, else the page with their pictures; without such photos all around it.
std::string NextAfterObject(const std::filesystem::path& run, const scene::Scene& scene, const std::string& object);
// What was exported as a data set is trained on, prompts are segmented with; after anything else another format.
struct ExportedThing {
  std::string format;
  std::filesystem::path place;       // the folder or the file
  std::vector<std::string> objects;  // none: the scene
};
std::string NextAfterExport(const std::filesystem::path& run, const ExportedThing& exported);

}  // namespace sanerf::cli
