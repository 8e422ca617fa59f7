// keyframes/corrected_images and corrected_cameras, else keyframes/images and cameras. A camera file has fx fy cx cy
// for a photo of width x height, and t_00 to t_23, the rows of world from camera with ARKit's axes, which are ours (x
// right, y up, z back). The world has y up.
#include "sanerf/scene/polycam_loader.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/export_listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

struct KeyframeFolders {
  fs::path images, cameras;
};

// None when there is no pair of folders.
std::optional<KeyframeFolders> FindKeyframes(const fs::path& root) {
  const fs::path keyframes = root.filename() == "keyframes" ? root : root / "keyframes";
  std::error_code ec;
  for (const char* prefix : {"corrected_", ""}) {
    const KeyframeFolders folders{keyframes / (std::string(prefix) + "images"),
                                  keyframes / (std::string(prefix) + "cameras")};
    if (fs::is_directory(folders.images, ec) && fs::is_directory(folders.cameras, ec) &&
        !ImagesIn(folders.images).empty())
      return folders;
  }
  return std::nullopt;
}

Camera ReadKeyframe(const JsonCursor& stored) {
  Camera camera;
  camera.width = int(stored["width"].NumberIn(1, 1e6));
  camera.height = int(stored["height"].NumberIn(1, 1e6));
  camera.fx = stored["fx"].Number(), camera.fy = stored["fy"].Number();
  camera.cx = stored["cx"].Number(), camera.cy = stored["cy"].Number();
  Mat3 rotation;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      rotation(row, column) = stored[fmt::format("t_{}{}", row, column)].Number();
    camera.world_from_cam.translation[row] = stored[fmt::format("t_{}3", row)].Number();
  }
  camera.world_from_cam.rotation = CheckedRotation(rotation, stored.where());
  return camera;
}

}  // namespace

bool IsPolycam(const fs::path& root) { return FindKeyframes(root).has_value(); }

SceneListing ReadPolycam(const fs::path& root, const Job& job) {
  const std::optional<KeyframeFolders> folders = FindKeyframes(root);
  if (!folders) throw Error(root.string(), "it has no keyframes with images and cameras");
  ExportListing listing(root, root, job);
  listing.listing().format = "polycam";
  listing.listing().source =
      fmt::format("Polycam {} and {}", NameInScene(root, folders->images), NameInScene(root, folders->cameras));
  for (const fs::path& photo : ImagesIn(folders->images)) {
    const fs::path file = folders->cameras / (photo.stem().string() + ".json");
    if (!ExistsAsFile(file)) {
      listing.LeaveOut(NameInScene(root, photo));
      continue;
    }
    const Json json = ReadJsonFile(file);
    listing.Add(photo, ReadKeyframe(JsonCursor(json, file.string())), file.string());
  }
  return listing.Finish("Polycam");
}

}  // namespace sanerf::scene
