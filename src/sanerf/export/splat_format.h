// 3D Gaussians as a format of the table: NAME.ply, and NAME.splat for viewers of the web; the one that the user names
// by its ending alone.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

// Of the objects, of the scene without them (Keep::kRest), or of the scene where no object is named. Throws what
// FitSplats throws.
std::vector<ExportedFile> WriteSplats(const ExportInput& input, const ExportOptions& options,
                                      const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::exports
