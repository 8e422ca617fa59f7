// Mask decoder (paper 3.2): prompts lifted to 3D (Eq. 6), projected into every view, the visible ones decoded by SAM.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf {

struct MaskDecoderOptions {
  double depth_tolerance = 0.02;           // absolute, model units
  double relative_depth_tolerance = 0.03;  // of the depth
  std::string rule = "auto";               // auto (per model), highest_iou, single

  template <class V>
  void Visit(V&& v) {
    v("depth_tolerance", depth_tolerance, "a point is visible when its depth is within this of the rendered depth (model units)");
    v("relative_depth_tolerance", relative_depth_tolerance, "or within this share of the depth");
    v("rule", rule, "which of SAM's masks: auto (best for the model), highest_iou (paper) or single");
  }
};

// A prompt in 3D, and where it came from.
struct LiftedPoint {
  Vec3 p_file = Vec3::Zero();
  int label = 1;
  int source_view = -1;  // -1 = given in 3D
};

// What was decided in one view and why; a row of views.json.
struct ViewDecision {
  int view_idx = -1;
  std::string view;
  bool used = false;
  std::string reason;                   // "used", "2 of 3 points visible, 3 needed", "empty mask", ...
  struct Projected {
    double x = 0, y = 0, z = 0;         // working-camera pixels, z-depth in file units
    int label = 1;
    std::string state;                  // "visible", "occluded", "outside", "behind"
  };
  std::vector<Projected> points;
  bool has_box = false;
  int num_visible = 0;
  int candidate = -1;
  float predicted_iou = 0;
  double area = 0;                      // share of the view
  ImageU8 mask;                         // 0/255 at the working camera; empty when not decoded
};

struct DecodedObject {
  std::string name;
  std::vector<LiftedPoint> points;
  std::vector<ViewDecision> views;
};

// Lifts the object's clicks. Throws UsageError for a click outside its image, Error for one that hits nothing.
std::vector<LiftedPoint> LiftPrompts(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container);

// One mask per view of view_idxs. Throws Error when no view is left, with the reasons counted.
DecodedObject DecodeMasks(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container, Sam& sam,
                          const std::vector<int>& view_idxs, const Similarity& model_from_file,
                          const MaskDecoderOptions& options);

Json ToJson(const DecodedObject& decoded);  // views.json

}  // namespace sanerf
