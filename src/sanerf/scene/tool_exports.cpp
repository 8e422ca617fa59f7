#include "sanerf/scene/tool_exports.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/scene/meshroom_loader.h"
#include "sanerf/scene/metashape_loader.h"
#include "sanerf/scene/opensfm_loader.h"
#include "sanerf/scene/polycam_loader.h"
#include "sanerf/scene/realitycapture_loader.h"
#include "sanerf/scene/record3d_loader.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr size_t kHeadBytes = 4096;  // bytes that tell what a file is

// Its first bytes; "" for what is no file that can be read.
std::string HeadOf(const fs::path& path) {
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) return "";
  try {
    std::string head(kHeadBytes, '\0');
    InputFile file(path, FileKind::kText);
    head.resize(file.Read(head.data(), head.size()));
    return head;
  } catch (const Error&) {
    return "";
  }
}

// What a file of a folder is by its name and first bytes.
std::optional<Tool> ToolOf(const fs::path& file) {
  const std::string name = file.filename().string(), extension = LowerExtension(file);
  const auto has = [&](const char* text) { return HeadOf(file).find(text) != std::string::npos; };
  if (extension == ".xml" && has("<document") && has("<chunk")) return Tool::kMetashape;
  if (extension == ".csv" && has("heading") && has("pitch") && has("roll")) return Tool::kRealityCapture;
  if (extension == ".sfm") return Tool::kMeshroom;
  if (name == "sfm.json") return Tool::kMeshroom;
  if (name == "reconstruction.json") return Tool::kOpenSfm;
  return std::nullopt;
}

std::vector<ToolExport> ExportsIn(const fs::path& folder) {
  std::vector<ToolExport> found;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (entry.is_directory(ec)) continue;
    if (const auto tool = ToolOf(entry.path())) found.push_back({*tool, folder, entry.path()});
  }
  // OpenDroneMap keeps OpenSfM's project in a folder of its own.
  const fs::path inside = folder / "opensfm" / "reconstruction.json";
  if (ExistsAsFile(inside)) found.push_back({Tool::kOpenSfm, folder, inside});
  if (IsPolycam(folder)) found.push_back({Tool::kPolycam, folder, {}});
  if (IsRecord3d(folder)) found.push_back({Tool::kRecord3d, folder, {}});
  std::sort(found.begin(), found.end(), [](const ToolExport& a, const ToolExport& b) { return a.file < b.file; });
  // StructureFromMotion writes the cameras beside all that it computed.
  const auto cameras =
      std::find_if(found.begin(), found.end(), [](const ToolExport& e) { return e.file.filename() == "cameras.sfm"; });
  if (cameras != found.end()) {
    const ToolExport chosen = *cameras;
    std::erase_if(found, [](const ToolExport& e) { return e.tool == Tool::kMeshroom; });
    found.push_back(chosen);
  }
  return found;
}

}  // namespace

bool HoldsToolExport(const fs::path& folder) { return !ExportsIn(folder).empty(); }

std::optional<ToolExport> FindToolExport(const fs::path& folder) {
  const std::vector<ToolExport> found = ExportsIn(folder);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    const auto name = [&](const ToolExport& of) {
      return of.file.empty() ? std::string(of.tool == Tool::kPolycam ? "keyframes" : "metadata.json with photos")
                             : NameInScene(folder, of.file);
    };
    throw Error(folder.string(), fmt::format("it has cameras in {} and in {}", name(found[0]), name(found[1])),
                "point to the one file that is meant");
  }
  return found[0];
}

std::optional<ToolExport> AsToolExport(const fs::path& file) {
  const auto tool = ToolOf(file);
  if (!tool) return std::nullopt;
  // The photos of an OpenDroneMap project lie beside the folder opensfm.
  const fs::path folder = file.parent_path();
  const bool is_odm = tool == Tool::kOpenSfm && folder.filename() == "opensfm";
  return ToolExport{*tool, is_odm ? folder.parent_path() : folder, file};
}

SceneListing ReadToolExport(const ToolExport& of, const Job& job) {
  switch (of.tool) {
    case Tool::kMetashape:
      return ReadMetashape(of.root, of.file, job);
    case Tool::kRealityCapture:
      return ReadRealityCapture(of.root, of.file, job);
    case Tool::kOpenSfm:
      return ReadOpenSfm(of.root, of.file, job);
    case Tool::kMeshroom:
      return ReadMeshroom(of.root, of.file, job);
    case Tool::kPolycam:
      return ReadPolycam(of.root, job);
    case Tool::kRecord3d:
      break;
  }
  return ReadRecord3d(of.root, job);
}

}  // namespace sanerf::scene
