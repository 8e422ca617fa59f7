// Objects and scenes taken home: the formats of export/formats.h, from a run to a folder or a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/export/formats.h"
#include "sanerf/scene/scene.h"

namespace sanerf::pipeline {

struct ExportRequest {
  std::filesystem::path run;
  bool is_locked = false;  // by the caller: else the run is while it is written to
  std::optional<std::filesystem::path> scene;
  std::string format;
  std::vector<std::string> objects;  // names; none: the only one of the run, or the scene where the format can show it
  bool all_objects = false;          // instead: all that can be read
  // A folder that is new, empty or an earlier export, or a file of the format's ending. Empty = RUN/exports/WHO-FORMAT.
  std::filesystem::path out;
  std::filesystem::path camera_path;  // of a video: a path file; empty = what the options say
  exports::ExportOptions options;
  uint64_t seed = 1;
};

struct ExportResult {
  std::filesystem::path place;               // the folder or the file
  std::vector<std::string> objects;          // none: the scene
  std::vector<exports::ExportedFile> files;  // what the report lists
  double seconds = 0;
  std::shared_ptr<const scene::Scene> scene;
};
// All of it or nothing: made beside its place and moved there; what was exported there before is replaced. Throws
// UsageError for an unknown format or object and for a place with other files, Error for an empty object and where a
// program that is needed fails, WriteError, InterruptedError.
ExportResult Export(const ExportRequest& request, const Job& job);

Json ReportOf(const ExportResult& result, const std::string& format);

}  // namespace sanerf::pipeline
