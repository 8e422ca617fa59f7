// What an export is made from, and what it says of the files that it wrote. The table of formats: formats.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/export/named_labels.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// One object in the field that it was segmented with. Rendered by it, it is what `render` shows.
struct OwnField {
  const mask_aggregator::ObjectModel* field = nullptr;
  int label = 0;
};

// What is exported, and from what; all of it outlives the call.
struct ExportInput {
  const scene::Scene& scene;
  const nerf::NerfModel& nerf;
  // All objects of all their fields as one, joined where they are several; null: no object is named.
  const mask_aggregator::ObjectModel* objects = nullptr;
  // Of the objects that are named.
  std::vector<std::string> names = {};
  std::vector<int> labels = {};        // in `objects`
  std::vector<OwnField> own = {};      // by themselves
  std::string prompts = {};            // as segment --prompts reads them: JSON
  std::vector<NamedCamera> path = {};  // of a video, given by the user
  std::string ending = {};             // of the one file that the user wants (".ply"); empty: a folder
  uint64_t seed = 1;
};

// What is in the file or the folder, for the report.
struct ExportedFile {
  std::filesystem::path path;
  int64_t count = 0;
  std::string what;        // "pictures", "faces", "splats"
  std::optional<Box> box;  // in its frame
  std::string frame;       // kPhotoPixels, kFileFrame …
  std::string units;       // "pixels", "the scene's own"
  int64_t bytes = 0;       // on the disk
};
inline constexpr char kPhotoPixels[] = "the photos' pixels";
inline constexpr char kFileFrame[] = "the scene's own frame";
inline constexpr char kPixelUnits[] = "pixels";
inline constexpr char kSceneUnits[] = "the scene's own";

// The scene's own frame, or that from `offset` on: where positions in the file are relative to it.
std::string FileFrameFrom(const Vec3& offset);
// Of the named objects.
std::vector<NamedLabel> NamedLabelsOf(const ExportInput& input);
// A row of the report: the size on the disk is looked up.
ExportedFile Exported(const std::filesystem::path& path, int64_t count, const std::string& what,
                      const std::string& frame, const std::string& units);

}  // namespace sanerf::exports
