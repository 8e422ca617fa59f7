// The pictures that are written of a view, layer by layer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/export/closed_form_alpha.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"

namespace sanerf::exports {

// A picture of a view; those from kMask on show an object.
enum class Layer : uint8_t { kRgb, kDepth, kOpacity, kMask, kOverlay, kCutout, kLabels };
const char* NameOf(Layer layer);  // "rgb"
std::vector<std::string> LayerNames();
Layer ParseLayer(const std::string& name);  // throws UsageError for an unknown one
bool ShowsObject(Layer layer);

// Bytes that one frame takes, with the layers that are made of it. with_matte: a cut-out with a soft outline is one.
double FrameBytes(int width, int height, bool with_object, bool with_matte);

struct LayerChoice {
  std::vector<Layer> layers;
  bool hard_edge = false;  // of the cut-out: the mask as it is, instead of a matte along its outline
  bool arrays = false;     // also .npy: rgb, depth (file units), opacity, mask probability
};

// One object of a field; without a field the scene is shown.
struct ShownObject {
  const mask_aggregator::ObjectModel* field = nullptr;
  int label = 0;
};

// Writes the layers of one view after the other: FOLDER/LAYER/NAME.png.
class LayerWriter {
 public:
  // Makes the folders. Radiance field and object must outlive it.
  LayerWriter(std::filesystem::path folder, LayerChoice choice, const nerf::NerfModel& nerf, ShownObject object);

  // camera: file frame. Returns the files, in the order of the layers. Throws InterruptedError.
  std::vector<std::filesystem::path> Write(const std::string& name, const Camera& camera, const OnPart& on_part,
                                           const Job& job) const;

 private:
  ImageU8 SoftCutout(const Camera& camera, const ImageF& rgb, const ImageU8& labels, const OnPart& on_part,
                     const Job& job) const;

  const std::filesystem::path folder_;
  const LayerChoice choice_;
  const nerf::NerfModel& nerf_;
  const ShownObject object_;
};

}  // namespace sanerf::exports
