// Posed photos, in any of the formats of docs/data_formats.md, and the cameras that they were taken with.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/api/camera.h"
#include "sanerf/api/options.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"

namespace sanerf::scene {
struct Scene;
}

namespace sanerf::api {

class Scene {
 public:
  // The options scene.* count. Throws Error for a missing folder, broken files and impossible poses.
  static Scene Open(const std::filesystem::path& folder, const Options& options, const Job& job);

  int num_views() const;
  const std::string& name(int view) const;  // "train/000.png"
  Camera camera(int view) const;            // at the photo's size
  bool is_test(int view) const;             // held out from training
  std::vector<int> train_views() const;
  std::vector<int> test_views() const;
  int Find(const std::string& name) const;  // by index or (part of) the file name; throws UsageError

  // The photo in [0, 1], 3 channels; transparent ones on white.
  ImageF Photo(int view) const;
  // Where the scene has instance masks: 0/255 at the photo's size; empty where it has none.
  ImageU8 TrueMask(int view, int instance) const;

 private:
  friend struct LibraryAccess;
  explicit Scene(std::shared_ptr<const sanerf::scene::Scene> scene);
  std::shared_ptr<const sanerf::scene::Scene> scene_;
};

}  // namespace sanerf::api
