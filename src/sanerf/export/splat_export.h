// 3D Gaussians as a format of `export`.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

// folder/NAME.ply or NAME.splat: the objects that are named (of several all in one file), or the scene. Throws as
// FitSplats does, UsageError for objects that are not named, and WriteError.
std::vector<ExportedFile> WriteSplats(const ExportInput& input, const ExportOptions& options,
                                      const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::exports
