// Mask decoder (paper 3.2): prompts lifted to 3D (Eq. 6), projected into every view, the visible ones decoded by SAM.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/option_values.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf {

// Which of SAM's masks is taken: as its model is best used (MaskRule), or always the same way.
enum class RuleChoice { kOfModel, kHighestIou, kSingle };

struct MaskDecoderOptions {
  double depth_tolerance = 0.02;           // absolute, model units
  double relative_depth_tolerance = 0.03;  // of the depth
  RuleChoice rule = RuleChoice::kOfModel;
  int seed_points = 0;                     // 0 = the paper's rule: only what the user gave is lifted
  double specks = 0.01;                    // largest island or hole that is removed, as a share of the mask

  template <class V>
  void Visit(V&& v) {
    v("depth_tolerance", depth_tolerance,
      "a point is visible when its depth is within this of the rendered depth (model units)", Range(0, 100));
    v("relative_depth_tolerance", relative_depth_tolerance, "or within this share of the depth", Range(0, 10));
    v("rule", rule,
      "which of SAM's masks: the best for the model, the one with the highest predicted IoU (paper), or the single "
      "mask",
      OneOf(Choice{"auto", RuleChoice::kOfModel}, Choice{"highest_iou", RuleChoice::kHighestIou},
            Choice{"single", RuleChoice::kSingle}));
    v("seed_points", seed_points,
      "points added from the mask of each clicked view before going to the others (0 = none, the paper's rule)",
      Range(0, 100));
    v("specks", specks, "islands and holes of a mask up to this share of its area are removed (0 = none)",
      Range(0, 0.5));
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
  std::string kind;    // why in one word: used, not_encoded, hidden, too_few, empty, tiny, missed, disagrees
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
  double agreement = -1;      // with what the other views say, [0, 1]; -1 = not asked (see LookAgain)
  bool from_others = false;   // SAM was prompted with what the other views say, not with the points alone
  double area = 0;  // share of the view
  bool sharp_outline = false;  // drawn along the picture's edges (outline.h)
  ImageU8 mask;     // 0/255 at the working camera; empty when not decoded
};

class PredictionMemory;

struct DecodedObject {
  std::string name;
  std::vector<LiftedPoint> points;
  std::vector<ViewDecision> views;
  bool corrected = false;                    // SAM was shown masks of an earlier round beside the points
  std::shared_ptr<PredictionMemory> memory;  // of what SAM said to the points; shared by copies
};

// Throws UsageError for an unknown view, a click outside its image and a box outside its image: all that is wrong with
// the places of an object's prompts before any view is encoded.
void CheckPlaces(const ObjectPrompt& object, const Scene& scene);

// Lifts the object's points and clicks. Throws UsageError for a click outside its image or an unknown view, Error for a
// click that hits nothing and for a place that is both positive and negative.
std::vector<LiftedPoint> LiftPrompts(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container);

// One mask per view of view_idxs.
//
// A view is decoded when enough points are visible (k), among them a positive one. k is object.min_visible; when that
// is 0, a quarter of the positive ones: what most cameras still see of points on one side or all around an object. A click keeps its exact pixel in its own view. A box prompts SAM in its own view only; other views
// get points from inside its mask when the object has no positive point, or when seed_points asks for them.
//
// Throws Error when no view is left, with the reasons counted; Error when `sam` is not the model the container was
// encoded with; UsageError for options or boxes that make no sense; InterruptedError.
//
// previous: the object's masks of an earlier round (null = none); SAM is shown them beside the prompts, so that a further
// click corrects the mask instead of starting over.
DecodedObject DecodeMasks(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container, Sam& sam,
                          const std::vector<int>& view_idxs, const Similarity& model_from_file,
                          const MaskDecoderOptions& options, const DecodedObject* previous = nullptr);

// Where each view sees the points: decisions without a mask, their points in the order of `points`. Costs no decoding.
std::vector<ViewDecision> FindPoints(const ObjectPrompt& object, const std::vector<LiftedPoint>& points, const Scene& scene,
                                     const FeatureContainer& container, Sam& sam, const std::vector<int>& view_idxs,
                                     const Similarity& model_from_file, const MaskDecoderOptions& options);

// What the other views say about an object in one view: over the view's whole image, at any resolution.
struct Consensus {
  ImageF probability;  // of the object, [0, 1]
  ImageF known;        // share of the pixel's light that comes from places that other views have labelled
};

// The same object by SAM's first candidate in every view, by the second, and so on: what SAM takes for the part, the
// whole or the whole with its surroundings mostly has the same number wherever it is seen from. Views that were not
// prompted stay as they are.
std::vector<DecodedObject> ByCandidate(const ObjectPrompt& object, const Scene& scene,
                                       const FeatureContainer& container, Sam& sam, const Similarity& model_from_file,
                                       const MaskDecoderOptions& options, const DecodedObject& decoded);

// How well masks fit each other and the prompts: mean over the used views of agreement with the others (see LookAgain)
// times the share of the visible points that the mask is right about. consensus[i] belongs to decoded.views[i].
double Coherence(const DecodedObject& decoded, const std::vector<Consensus>& consensus);

struct SecondLook {
  double agreement = 0;  // mean over the used views, before the masks were chosen anew and after
  double agreement_before = 0;
  int num_changed = 0, num_dropped = 0, num_found = 0;
};

// A second look, which the paper does not have: SAM cannot tell a part from the whole in one view, many views together
// can. In every view all of SAM's candidates, for the points and for the consensus as mask prompt and box, are compared
// with the consensus, and the one that agrees best is taken instead of the one with the highest predicted score. Views
// in which none agrees are dropped, views in which no point is visible may be found. consensus[i] belongs to
// decoded->views[i]. The agreement is the soft IoU sum min(m, p) / sum max(m, p).
SecondLook LookAgain(const ObjectPrompt& object, const Scene& scene, const FeatureContainer& container, Sam& sam,
                     const Similarity& model_from_file, const MaskDecoderOptions& options,
                     const std::vector<Consensus>& consensus, DecodedObject* decoded);

Json ToJson(const DecodedObject& decoded);  // views.json
// What ToJson wrote, without the masks. Throws Error with the file's name and the key; views that the scene has not are an
// Error as well.
DecodedObject ReadDecoded(const std::filesystem::path& path, const Scene& scene);

}  // namespace sanerf
