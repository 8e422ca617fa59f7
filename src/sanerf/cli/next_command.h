// What is useful after a command, with names that are there: each can be pasted as it is.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/scene/scene.h"

namespace sanerf::cli {

std::string NextAfterScene(const std::filesystem::path& scene);  // train it, beside it
// A click in the middle of a training photo, for the user to put where the object is; where things move the scores.
std::string NextAfterTraining(const std::filesystem::path& run, const scene::Scene& scene);
// The scores where held-out photos have masks, else the page with their pictures; without such photos all around it.
std::string NextAfterObject(const std::filesystem::path& run, const scene::Scene& scene, const std::string& object);

}  // namespace sanerf::cli
