// Pictures of the scene and its objects.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/option_values.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/export/layer_writer.h"
#include "sanerf/scene/scene.h"

namespace sanerf::pipeline {

inline constexpr Range kRenderDownscale(1, 64);
inline constexpr Range kRenderSize = Range(16, 16384).OrZero();

// What a request is made of.
using exports::kOrbitFrames;
using exports::Layer;
using exports::LayerNames;
using exports::NameOf;
using exports::ParseLayer;

struct RenderRequest {
  std::filesystem::path run;
  bool is_locked = false;  // by the caller: else the run is while it is written to
  std::optional<std::filesystem::path> scene;
  std::string object;  // needed by the layers that show one
  exports::CameraChoice views;
  std::vector<Layer> layers = {Layer::kRgb};
  std::filesystem::path out;  // empty = RUN/renders
  int frames = 60;            // of an orbit
  double downscale = 1;
  int longest_side = 0;    // pictures of the scene's views and of an orbit have at most so many pixels there; 0 = any
  bool hard_edge = false;  // of the cut-out: the mask as it is, instead of a matte along its outline
  bool arrays = false;     // also .npy: rgb, depth (file units), opacity, mask probability
};

struct RenderResult {
  std::filesystem::path folder;
  int num_views = 0;
  std::vector<std::filesystem::path> files;
  double seconds = 0;
  std::shared_ptr<const scene::Scene> scene;
};
RenderResult Render(const RenderRequest& request, const Job& job);

}  // namespace sanerf::pipeline
