// COLMAP's steps from photos to sparse models, each a call of its command line (3.8 of Debian 12, on the processor
// alone).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/poses/options.h"
#include "sanerf/poses/pairs.h"
#include "sanerf/poses/photos.h"
#include "sanerf/poses/tools.h"

namespace sanerf::poses {

// Photos that one camera took, or each its own (SharedCameras::kEach), and COLMAP's name for the lens.
struct CameraGroup {
  std::vector<int> photos;
  std::string lens;
};
// Throws UsageError when all photos should be of one camera and have several sizes.
std::vector<CameraGroup> GroupByCamera(const std::vector<Photo>& photos, const PosesOptions& options);

// What COLMAP works on; all of it lies in the work folder.
struct ColmapPlaces {
  std::filesystem::path photos, database, log;
};

void CheckColmap();  // throws Error when there is no colmap

class Colmap {
 public:
  explicit Colmap(ColmapPlaces places);  // throws Error when there is no colmap

  // Into a new database, one group after the other; once more and with fainter ones where photos have few. Task
  // "features".
  void ExtractFeatures(const std::vector<Photo>& photos, const PosesOptions& options, const Job& job);
  // Compares photos; pairs that the database has compared already take no time. scratch: a file for lists. Task
  // "matches".
  void MatchPairs(const std::vector<Photo>& photos, const std::vector<Pair>& pairs, const PosesOptions& options,
                  const std::filesystem::path& scratch, const Job& job);
  // Models 0, 1, … into `folder`, which is empty. Task "place". Throws Error when there is none.
  void Map(int num_photos, const PosesOptions& options, const std::filesystem::path& folder, const Job& job);
  // Two models that have photos in common as one, in `out`; false when COLMAP cannot.
  bool Merge(const std::filesystem::path& first, const std::filesystem::path& second, const std::filesystem::path& out,
             const Job& job);
  void Adjust(const std::filesystem::path& model, const std::filesystem::path& out, const Job& job);
  // Straightened photos in out/images with their model in out/sparse. Task "undistort".
  void UndistortPhotos(const std::filesystem::path& model, int num_photos, const std::filesystem::path& out,
                       const Job& job);

 private:
  struct Extraction {
    const std::vector<Photo>& photos;
    const PosesOptions& options;
    bool is_plain;  // what they show
  };
  // How many features each photo has, as far as colmap says it. on_photo: how many of the group are done.
  std::vector<double> ExtractFrom(const CameraGroup& group, const Extraction& what,
                                  const std::function<void(int)>& on_photo, const Job& job);
  // "SiftExtraction.use_gpu" where this version calls it so, else by its new name; nothing when it has none.
  std::vector<std::string> Flag(const std::string& command, const std::string& name, const std::string& value,
                                const Job& job);
  ToolCall Call(std::vector<std::string> arguments, const std::string& what, const std::string& hint) const;
  int NumThreadsOf(const Job& job) const;

  ColmapPlaces places_;
  Tool tool_;
  std::map<std::string, std::set<std::string>> flags_;  // by command
};

}  // namespace sanerf::poses
