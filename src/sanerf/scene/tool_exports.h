// Cameras as photogrammetry programs and phone apps export them: which of them a folder or a file is.
#pragma once

#include <filesystem>
#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

enum class Tool { kMetashape, kRealityCapture, kOpenSfm, kMeshroom, kPolycam, kRecord3d };

struct ToolExport {
  Tool tool;
  std::filesystem::path root, file;  // no file where the tool has one of each photo
};

// What the tools name their files, for a sentence.
inline constexpr const char* kToolFiles =
    "an .xml of Metashape, a .csv of RealityCapture, reconstruction.json of OpenSfM, a .sfm of Meshroom, keyframes of "
    "Polycam, metadata.json with rgb of Record3D";

// Looks into XML, CSV and SFM files of a folder as far as it takes to know them. Throws Error when several fit.
std::optional<ToolExport> FindToolExport(const std::filesystem::path& folder);
bool HoldsToolExport(const std::filesystem::path& folder);
// A single file of such a tool, its folder being the scene's.
std::optional<ToolExport> AsToolExport(const std::filesystem::path& file);

SceneListing ReadToolExport(const ToolExport& of, const Job& job);

}  // namespace sanerf::scene
