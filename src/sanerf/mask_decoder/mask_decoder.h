// Mask decoder (paper 3.2): prompts lifted to 3D (Eq. 6), projected into every view, the visible ones decoded by SAM.
#pragma once

#include <string>
#include <vector>

#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf {

struct MaskDecoderOptions {
  double depth_tolerance = 0.02;           // absolute, model units
  double relative_depth_tolerance = 0.03;  // of the depth
  std::string rule = "auto";               // auto (per model), highest_iou, single
  int seed_points = 0;                     // 0 = the paper's rule: only what the user gave is lifted
  double specks = 0.01;                    // largest island or hole that is removed, as a share of the mask

  template <class V>
  void Visit(V&& v) {
    v("depth_tolerance", depth_tolerance,
      "a point is visible when its depth is within this of the rendered depth (model units)");
    v("relative_depth_tolerance", relative_depth_tolerance, "or within this share of the depth");
    v("rule", rule, "which of SAM's masks: auto (best for the model), highest_iou (paper) or single");
    v("seed_points", seed_points,
      "points added from the mask of each clicked view before going to the others (0 = none)");
    v("specks", specks, "islands and holes of a mask up to this share of its area are removed (0 = none)");
  }
};

// A prompt in 3D, and where it came from.
struct LiftedPoint {
  Vec3 p_file = Vec3::Zero();
  int label = 1;
  int source_view = -1;           // -1 = given in 3D
  std::string source_name;        // of that view
  Vec2 source_px = Vec2::Zero();  // working-camera pixel in that view, exactly where the user clicked
  bool is_seed = false;           // taken from the mask of source_view, not from the user
};

// What was decided in one view and why; a row of views.json.
struct ViewDecision {
  int view_idx = -1;
  std::string view;
  bool used = false;
  std::string kind;    // why in one word: used, not_encoded, hidden, too_few, empty, tiny, missed
  std::string reason;  // why in words: "2 of 3 points visible, 3 needed", "empty mask", ...
  struct Projected {
    double x = 0, y = 0, z = 0;  // working-camera pixels, z-depth in file units
    int label = 1;
    std::string state;  // "visible", "occluded", "floating", "outside", "behind" (see visibility.h)
  };
  std::vector<Projected> points;
  bool has_box = false;
  int num_visible = 0;  // positive and negative
  int candidate = -1;
  float predicted_iou = 0;
  double area = 0;  // share of the view
  ImageU8 mask;     // 0/255 at the working camera; empty when not decoded
};

struct DecodedObject {
  std::string name;
  std::vector<LiftedPoint> points;
  std::vector<ViewDecision> views;
};

// Lifts the object's points and clicks. Throws UsageError for a click outside its image or an unknown view, Error for a
// click that hits nothing and for a place that is both positive and negative.
std::vector<LiftedPoint> LiftPrompts(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container);

// One mask per view of view_idxs.
//
// A view is decoded when enough points are visible (k), among them a positive one. k is object.min_visible; when that
// is 0, floor(0.8 P) + 1 of the P points if all were given in 3D (the release's rule for points set all around an
// object), else a quarter of the positive ones: clicks sit on the side that faced the user, and a quarter is what most
// cameras still see. A click keeps its exact pixel in its own view. A box prompts SAM in its own view only; other views
// get points from inside its mask when the object has no positive point, or when seed_points asks for them.
//
// Throws Error when no view is left, with the reasons counted; Error when `sam` is not the model the container was
// encoded with; UsageError for options or boxes that make no sense; InterruptedError.
DecodedObject DecodeMasks(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container, Sam& sam,
                          const std::vector<int>& view_idxs, const Similarity& model_from_file,
                          const MaskDecoderOptions& options);

Json ToJson(const DecodedObject& decoded);  // views.json

}  // namespace sanerf
