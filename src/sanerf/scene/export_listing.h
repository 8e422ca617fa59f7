// What the readers of other tools' exports share: photos that are known by a label or by a path of another machine,
// lenses with more terms than most, photos that the tool could not place.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/find_photo.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// OpenCV's terms, whatever the tool calls them: r (1 + k1 r^2 + … + k6 r^12), of a fisheye in the angle instead of r.
struct ListedLens {
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;
  double k3 = 0, k4 = 0, k5 = 0, k6 = 0;
  bool is_fisheye = false;
};

// The one place where such a lens becomes the camera's.
void SetLens(const ListedLens& lens, Camera* camera);

// A number, also one that is written as a text, as AliceVision writes all of them.
double NumberIn(const JsonCursor& value);
// So many of them.
std::vector<double> NumbersIn(const JsonCursor& list, size_t count);
Vec3 VectorIn(const JsonCursor& list);

class ExportListing {
 public:
  // Photos are looked for in the folders images, images_2, …, photos and input of `root`, in `root` itself and beside
  // the file that lists them.
  ExportListing(const std::filesystem::path& root, const std::filesystem::path& file, const Job& job);

  SceneListing& listing() { return listing_; }

  // The photo of a label or path: the longest end of it that leads to a file, with this or another image extension.
  // Not there: noted as missing.
  std::optional<std::filesystem::path> Find(const std::string& listed);
  // The tool lists the photo but does not say where it was taken from.
  void LeaveOut(const std::string& listed) { without_pose_.push_back(listed); }
  // camera: with its pose; a size of 0 is the photo's. where: file and place, for errors.
  void Add(const std::filesystem::path& photo, const Camera& camera, const std::string& where);
  // A photo's size, asked once.
  const ImageInfo& Info(const std::filesystem::path& photo);

  // With a warning of what was left out. Throws Error when no photo has a pose.
  SceneListing Finish(const std::string& tool);

 private:
  SceneListing listing_;
  const Job& job_;
  std::vector<std::filesystem::path> folders_;
  PhotoFinder finder_;
  std::vector<std::string> without_pose_;
  std::map<std::filesystem::path, ImageInfo> infos_;
};

}  // namespace sanerf::scene
