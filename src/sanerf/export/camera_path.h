// The cameras of a render: views of the scene, an orbit around what they look at, or a path file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "sanerf/core/option_values.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

inline constexpr Range kOrbitFrames(1, 100'000);

struct NamedCamera {
  std::string name;  // a file name without extension
  Camera camera;     // file frame, no distortion unless it is a view of the scene
  int view_idx = -1;
};

enum class CameraSet : uint8_t {
  kUsual,  // kTest, or kOrbit where nothing is held out
  kTest,   // the views that are held out
  kTrain,  // the others
  kAll,
  kOrbit,
};
struct OneView {
  std::string name;  // as Scene::FindView takes it
};
struct PathFile {
  std::filesystem::path path;  // its cameras say how large their pictures are
};
using CameraChoice = std::variant<CameraSet, OneView, PathFile>;

// test, train, all, orbit, a path file (*.json), or one view's name; empty = CameraSet::kUsual.
CameraChoice ParseCameraChoice(const std::string& text);

// frames: of an orbit. Throws UsageError with the choices where there are no such views.
std::vector<NamedCamera> CamerasFor(const CameraChoice& choice, const scene::Scene& scene, int frames);

// The same view in a smaller picture: by the factor, and with at most so many pixels on the longer side (0 = any
// number).
Camera Shrunk(const Camera& camera, double downscale, int longest_side);

// All around the scene's focus at the cameras' height and distance; for a forward-facing capture a small ellipse within
// the cameras' spread.
std::vector<NamedCamera> OrbitCameras(const scene::Scene& scene, int frames);

// What the training cameras have in common, file frame.
struct CaptureSummary {
  bool is_forward_facing = false;  // all look the same way: nobody has seen the back of anything
  Vec3 up = Vec3::UnitZ();         // the scene's
  Vec3 center = Vec3::Zero();      // the mean of their places
};
CaptureSummary SummaryOfCapture(const scene::Scene& scene);

// {"frames": [{"transform_matrix": 4x4 world_from_cam, OpenGL axes}], "w", "h", "fl_x" | "camera_angle_x", "cx", "cy"},
// the keys of transforms.json; intrinsics per frame or shared, those of the scene's first view where absent. Throws
// Error with file and key.
std::vector<NamedCamera> ReadCameraPath(const std::filesystem::path& path, const scene::Scene& scene);

}  // namespace sanerf::exports
