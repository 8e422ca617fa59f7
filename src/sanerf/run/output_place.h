// Where output may go: not into, over or around what it is made from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/run/run_folder.h"

namespace sanerf::run {

// The same folder or one below it, whatever the spelling and through links. `path` need not exist.
bool IsInside(const std::filesystem::path& path, const std::filesystem::path& folder);
bool IsSamePlace(const std::filesystem::path& a, const std::filesystem::path& b);

// Throws UsageError when a new run there would be mixed with photos: in the folder of the scene or of its photos,
// around the scene and other folders, or in the folder of another scene; Error when it is a run whose run.json is gone.
void CheckPlaceOfNewRun(const std::filesystem::path& run, const scene::Scene& scene);
// The same before the scene is made there.
void CheckPlaceOfNewRun(const std::filesystem::path& run, const std::filesystem::path& scene_root);

// Throws UsageError when files there would be mixed with the scene's photos or with what the run itself keeps.
// folders: below `out`, that will be written to. flag: "--out".
void CheckPlaceOfResults(const std::string& flag, const std::filesystem::path& out,
                         const std::vector<std::string>& folders, const RunFolder& run, const scene::Scene& scene);
// The same of a scene that is no run yet.
void CheckPlaceOfResults(const std::string& flag, const std::filesystem::path& out,
                         const std::vector<std::string>& folders, const scene::Scene& scene);

// A procedural scene replaces an earlier one as a whole. Throws Error when that holds a run, or is the current folder:
// the shell would be left in one that is gone.
void CheckPlaceOfSynthScene(const std::filesystem::path& folder);

}  // namespace sanerf::run
