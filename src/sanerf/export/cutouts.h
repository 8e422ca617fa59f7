// The photos' own pixels of an object, the rest transparent: cutouts/OBJECT/PHOTO.png, upright.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

std::vector<ExportedFile> WriteCutouts(const ExportInput& input, const ExportOptions& options,
                                       const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::exports
