// What can be taken home: the table of formats. The command `export` and the page show what is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"

namespace sanerf::exports {

enum class Needs : uint8_t { kObject, kNothing };  // at least one object; or the scene is exported where none is named
enum class FileOf : uint8_t { kAll, kEach };       // of several objects: one file for all of them, or a file for each

struct ExportFormat {
  const char *name, *title, *help;
  Needs needs = Needs::kObject;
  // Of a format that writes one file: what that may end in (".json"). None: it is a folder.
  std::vector<const char*> endings;
  // Of ExportOptions, those that matter: "export.views". What else is set has no effect.
  std::vector<const char*> options;
  // Into `folder`, which is there and empty. Throws Error where there is nothing to show (an empty object), WriteError,
  // InterruptedError.
  std::vector<ExportedFile> (*write)(const ExportInput& input, const ExportOptions& options,
                                     const std::filesystem::path& folder, const Job& job);
  FileOf file_of = FileOf::kAll;  // of a format that writes files
};
const std::vector<ExportFormat>& ExportFormats();
std::vector<std::string> ExportFormatNames();
// Throws UsageError with the nearest names for an unknown one.
const ExportFormat& FindExportFormat(const std::string& name);

}  // namespace sanerf::exports
