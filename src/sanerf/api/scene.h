// Posed photos, in any of the formats of docs/data_formats.md, and the cameras that they were taken with.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/api/options.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"

namespace sanerf::scene {
struct Scene;
}
namespace sanerf {
struct Camera;
}

namespace sanerf::api {

// A camera: OpenGL axes (x right, y up, looks along -z), pixel centers at +0.5, in the scene's own coordinates.
struct Camera {
  int width = 0, height = 0;
  // Pixels.
  double fx = 0, fy = 0, cx = 0, cy = 0;
  // OpenCV's radial-tangential distortion.
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;
  // Other lenses: perspective, rational, division, field_of_view, unified, fisheye, fisheye_624, equirectangular, with
  // their further terms. docs/conventions.md says what each means.
  std::string lens = "perspective";
  double k3 = 0, k4 = 0, k5 = 0, k6 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;
  // 3 x 4, row-major: rotation | position.
  std::array<double, 12> world_from_cam{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
};

class Scene {
 public:
  // The option scene.test_every counts. Throws Error for a missing folder, broken files and impossible poses.
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

  // For the library itself.
  const sanerf::scene::Scene& scene() const { return *scene_; }
  const std::shared_ptr<const sanerf::scene::Scene>& shared() const { return scene_; }

 private:
  explicit Scene(std::shared_ptr<const sanerf::scene::Scene> scene);
  std::shared_ptr<const sanerf::scene::Scene> scene_;
};

sanerf::Camera ToCamera(const Camera& camera);  // for the library itself

}  // namespace sanerf::api
