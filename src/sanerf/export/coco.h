// The masks of all photos as one file of COCO's: annotations.json with images, annotations (RLE, bbox, area) and a
// category for each object.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

std::vector<ExportedFile> WriteCoco(const ExportInput& input, const ExportOptions& options,
                                    const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::exports
