#include "sanerf/run/diagnose.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/models/model_catalogue.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr int64_t kComfortableMemory = int64_t{3} << 29;  // 1.5 GB: the demo's peak

// Leaves nothing there: of a folder that does not exist yet, the nearest one above is tried.
DoctorRow WritableRow(const std::string& what, const fs::path& folder) {
  try {
    fs::path there = fs::absolute(folder).lexically_normal();
    while (!fs::exists(there) && there.has_relative_path()) there = there.parent_path();
    EnsureWritableFolder(there);
    return {what, folder.string(), true, ""};
  } catch (const Error& error) {
    return {what, error.what(), false, error.hint()};
  }
}

DoctorRow ModelRow(const models::ModelEntry& entry) {
  int64_t bytes = 0;
  for (const models::ModelFile& file : entry.files) bytes += file.bytes;
  switch (models::CheckModel(entry, /*hash_contents=*/true)) {
    case models::ModelState::kPresent:
      return {"model " + entry.name, FormatBytes(double(bytes)), true, ""};
    case models::ModelState::kCorrupt:
      return {"model " + entry.name, "damaged", false, "sanerf models fetch " + ShellQuoted(entry.name)};
    case models::ModelState::kMissing:
      break;
  }
  // Detectors are extras: nothing is wrong without one.
  if (entry.kind == models::ModelKind::kDetector)
    return {"model " + entry.name, "not installed (only segment --text uses it)", true, ""};
  return {"model " + entry.name, "not installed", false, "sanerf models fetch " + ShellQuoted(entry.name)};
}

void AddModelRows(std::vector<DoctorRow>* rows) {
  try {
    const models::Catalogue catalogue = models::LoadCatalogue();
    for (const models::ModelEntry& entry : catalogue.models) rows->push_back(ModelRow(entry));
    for (const models::UnusableEntry& entry : catalogue.unusable)
      rows->push_back({"model " + entry.name, "unusable: " + entry.why, false, "mend its entry, or update sanerf"});
  } catch (const Error& error) {
    rows->push_back({"models", error.what(), false, error.hint()});
  }
}

bool IsOnPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    std::error_code ignored;
    if (fs::exists(fs::path(rest.substr(0, colon)) / program, ignored)) return true;
    rest.erase(0, colon + 1);
  }
  return false;
}

}  // namespace

std::vector<DoctorRow> Diagnose() {
  std::vector<DoctorRow> rows;
  rows.push_back({"sanerf", VersionString(), true, ""});
  rows.push_back({"processor", CpuModelName(), true, ""});
  try {
    rows.push_back({"instruction set", kernels::Kernels().name, true, ""});
  } catch (const Error& error) {
    rows.push_back({"instruction set", error.what(), false, error.hint()});
  }
  rows.push_back({"threads", std::to_string(NumThreads()), true, ""});
  const int64_t memory = AvailableMemoryBytes();
  rows.push_back({"free memory", FormatBytes(double(memory)), memory >= kComfortableMemory,
                  "close other programs, or train with --downscale 2"});
  rows.push_back(WritableRow("writable: this folder", fs::current_path()));
  rows.push_back(WritableRow("writable: temporary files", fs::temp_directory_path()));
  rows.push_back(WritableRow("writable: models", models::ModelFolder()));
  AddModelRows(&rows);
  const bool can_fetch = IsOnPath("npm") || IsOnPath("curl");
  rows.push_back({"npm or curl", can_fetch ? "found" : "not found (only models fetch uses them)", true, ""});
  return rows;
}

}  // namespace sanerf::run
