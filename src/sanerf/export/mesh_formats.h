// Points, meshes and voxels as formats of the table (formats.h). One file for each object, or one for the scene.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

std::vector<ExportedFile> WritePlyFormat(const ExportInput& input, const ExportOptions& options,
                                         const std::filesystem::path& folder, const Job& job);
std::vector<ExportedFile> WriteGlbFormat(const ExportInput& input, const ExportOptions& options,
                                         const std::filesystem::path& folder, const Job& job);
std::vector<ExportedFile> WriteObjFormat(const ExportInput& input, const ExportOptions& options,
                                         const std::filesystem::path& folder, const Job& job);
std::vector<ExportedFile> WriteStlFormat(const ExportInput& input, const ExportOptions& options,
                                         const std::filesystem::path& folder, const Job& job);
std::vector<ExportedFile> WriteHtmlFormat(const ExportInput& input, const ExportOptions& options,
                                          const std::filesystem::path& folder, const Job& job);
std::vector<ExportedFile> WriteVoxelsFormat(const ExportInput& input, const ExportOptions& options,
                                            const std::filesystem::path& folder, const Job& job);

}  // namespace sanerf::exports
