// An object's masks in 2D, view by view, with what was decided and why.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/core/image.h"
#include "sanerf/mask_decoder/visibility.h"

namespace sanerf::mask_decoder {

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
