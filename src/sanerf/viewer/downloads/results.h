// What can be exported: everything that render and export can write, as one file to download.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/viewer/downloads/export_formats.h"

namespace sanerf::viewer {

struct ExportRequest {
  std::filesystem::path run;
  std::string format;
  std::vector<std::string> objects;  // names, stored in the run; empty = all
};

struct ExportedFile {
  std::string name;            // "mug-cutouts.zip", for the browser
  std::filesystem::path path;  // in `folder`
  int64_t bytes = 0;
};
// Into `folder`, which is the window's own temporary one. options: {"longest_side": 800}, those left out
// have their defaults. Several files become a zip archive. Throws what the stages throw; UsageError for unknown
// formats, objects and options, and for values out of range.
ExportedFile Export(const ExportRequest& request, const Json& options, const std::filesystem::path& folder,
                    const Job& job);

// Without making anything: the checks of Export that need no run.
void CheckExport(const std::string& format, const Json& options);

bool IsOfObjects(const std::string& format);  // not of the scene alone

// "mug-cutouts": what the file will be called, but for its ending.
std::string ExportName(const ExportRequest& request);

// The same as a command line, one command for each object: "sanerf render RUN --object mug --layers cutout --views all
// --size 800". Throws as CheckExport.
std::string ExportCommand(const ExportRequest& request, const Json& options);

}  // namespace sanerf::viewer
