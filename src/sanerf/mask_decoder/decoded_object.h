// An object's masks in 2D, view by view, with what was decided and why.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/option_values.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/visibility.h"

namespace sanerf::mask_decoder {

// Which of SAM's masks is taken: as its model is best used (MaskRule), or always the same way.
enum class RuleChoice { kOfModel, kHighestIou, kSingle };

struct MaskDecoderOptions {
  double depth_tolerance = 0.02;           // absolute, model units
  double relative_depth_tolerance = 0.03;  // of the depth
  RuleChoice rule = RuleChoice::kOfModel;
  int seed_points = 0;   // 0 = the paper's rule: only what the user gave is lifted
  double specks = 0.01;  // largest island or hole that is removed, as a share of the mask

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

// What every decoding needs beside its prompt. The references must outlive it.
struct DecodeContext {
  const scene::Scene& scene;
  const feature_container::FeatureContainer& container;
  const sam::Sam& sam;         // the model that `container` was encoded with; decoders share it, none uses it itself
  Similarity model_from_file;  // tolerances are in the radiance field's units
  MaskDecoderOptions options;
  bool keeps_candidates = false;  // SAM's answers to the points: refinement rounds ask for them again
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

// Why a view has a mask, or none.
enum class Outcome : uint8_t {
  kUsed,
  kNotSelected,  // the view was not among those that were segmented
  kNotEncoded,   // its features are not in the container
  kHidden,       // no positive point is visible
  kTooFew,       // fewer points are visible than k
  kEmpty,        // SAM's mask has no pixel
  kTiny,         // or so few that it is a speck
  kMissed,       // it lies beside the prompt
  kDisagrees,    // with what the other views say
  kOutdated,     // it is older than a click that the view sees
  kDropped       // the user does not want it
};
const char* NameOf(Outcome outcome);  // "not_encoded", as in views.json
std::optional<Outcome> OutcomeFromName(const std::string& name);

// Whether the user wants an object's mask in a view: as the method decides, not at all, or whatever speaks against it.
enum class ViewUse : uint8_t { kAuto, kNever, kAlways };
const char* NameOf(ViewUse use);  // "auto", "never", "always"
std::optional<ViewUse> ViewUseFromName(const std::string& name);

// What was decided in one view and why; a row of views.json.
struct ViewDecision {
  int view_idx = -1;
  std::string view;
  bool used = false;
  Outcome outcome = Outcome::kNotSelected;
  std::string reason;  // why in words: "2 of 3 points visible, 3 needed", "empty mask", ...
  struct Projected {
    double x = 0, y = 0, z = 0;  // working-camera pixels, z-depth in file units
    int label = 1;
    PointState state = PointState::kBehind;
  };
  std::vector<Projected> points;
  bool has_box = false;
  int num_visible = 0;         // positive and negative
  int candidate = -1;          // which of SAM's masks was taken; -1 = none
  float predicted_iou = 0;     // SAM's own guess of how good it is
  double agreement = -1;       // with what the other views say, [0, 1]; -1 = never compared
  bool from_others = false;    // SAM was prompted with what the other views say, not with the points alone
  double area = 0;             // share of the view
  bool sharp_outline = false;  // drawn along the picture's edges (outline.h)
  ViewUse use = ViewUse::kAuto;
  ImageU8 mask;  // 0/255 at the working camera; empty when not decoded
};

// It has no mask to be used.
void Reject(ViewDecision& decision, Outcome outcome, const std::string& reason);

// What the user wants of the view, from now on and whatever the method has decided. A mask that is not there cannot be
// kept, and nothing brings back what was decided before the view was dropped.
void ApplyUse(ViewUse use, ViewDecision* decision);

class PredictionMemory;

struct DecodedObject {
  std::string name;
  std::vector<LiftedPoint> points;
  std::vector<ViewDecision> views;
  bool corrected = false;                    // SAM was shown masks of an earlier round beside the points
  std::shared_ptr<PredictionMemory> memory;  // of what SAM said to the points; shared by copies
};

// Several objects to read, in the order of their labels (1, 2, ...). What it was made from must outlive it.
class ObjectMasks {
 public:
  ObjectMasks(const std::vector<DecodedObject>& objects) : ObjectMasks(objects.data(), objects.size()) {}
  ObjectMasks(std::initializer_list<DecodedObject> objects) : ObjectMasks(objects.begin(), objects.size()) {}
  ObjectMasks(const DecodedObject& object) : ObjectMasks(&object, 1) {}
  ObjectMasks(const std::vector<std::shared_ptr<const DecodedObject>>& objects) {
    for (const auto& object : objects) objects_.push_back(object.get());
  }

  size_t size() const { return objects_.size(); }
  const DecodedObject& operator[](size_t i) const { return *objects_[i]; }

 private:
  ObjectMasks(const DecodedObject* first, size_t count) {
    for (size_t i = 0; i < count; ++i) objects_.push_back(first + i);
  }
  std::vector<const DecodedObject*> objects_;
};

}  // namespace sanerf::mask_decoder
