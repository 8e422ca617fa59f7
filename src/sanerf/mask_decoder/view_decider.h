// The decision for one view at a time; DecodeMasks asks it for all of them.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/decode_context.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/mask_decoder/prediction_memory.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/mask_decoder/visibility.h"
#include "sanerf/mask_decoder/visibility_filter.h"

namespace sanerf::mask_decoder {

inline constexpr float kCertainLogit = 8;  // of a mask prompt where it is certain

struct ViewDeciderOptions {
  sam::MaskRule mask_rule;
  DepthTolerance tolerance;
  double specks = 0;         // largest island or hole that is removed, as a share of the mask
  int candidate = -1;        // which of SAM's masks is taken instead of the rule's; -1 = none
  double min_agreement = 0;  // of the depth inside a mask that is used with that of other views
};

// The options' depth tolerance in file units.
DepthTolerance ToleranceOf(const MaskDecoderOptions& options, const Similarity& model_from_file);

class ViewDecider {
 public:
  // Prompts a predictor of its own on the loaded model.
  ViewDecider(const scene::Scene& scene, const feature_container::FeatureContainer& container, const sam::Sam& sam,
              const ViewDeciderOptions& options)
      : scene_(scene), container_(container), sam_(sam.Share()), options_(options) {}

  // The same decider with another predictor, for another thread. This one must outlive it.
  ViewDecider Fork() const {
    ViewDecider fork = *this;
    fork.sam_ = sam_->Share();
    return fork;
  }
  sam::Sam& sam() const { return *sam_; }

  // Throws UsageError when the box lies outside its image or its view has one already.
  void AddBox(const BoxPrompt& box);
  const std::map<int, sam::SamPrompt::Box>& boxes() const { return boxes_; }  // by view, working-camera pixels

  // Where SAM's answers are kept; null = nowhere.
  void Remember(std::shared_ptr<PredictionMemory> memory) { memory_ = std::move(memory); }
  // Masks of an earlier round that SAM is shown beside the points, by view; 0/255 at the working camera.
  void ShowMasks(std::map<int, ImageU8> masks) { shown_masks_ = std::move(masks); }

  // Eq. 4 in one view, or why not: whether enough points are visible, SAM's mask for them, whether it can be used.
  // Throws InterruptedError.
  ViewDecision Decide(int view_idx, const std::vector<LiftedPoint>& points, const VisibilityRule& rule,
                      const Job& job) const;

  // The pieces of Decide. What Begin returns names the view; FindPrompt fills in what became of the points.
  ViewDecision Begin(int view_idx) const;
  sam::SamPrompt FindPrompt(const std::vector<LiftedPoint>& points, ViewDecision& decision, const Job& job) const;
  // All that SAM offers; makes the view sam's current image.
  std::vector<sam::SamMask> Candidates(int view_idx, const sam::SamPrompt& prompt, const Job& job) const;
  // The one that the user or else the rule takes. Throws UsageError when the user's is not among them.
  const sam::SamMask& Choose(const std::vector<sam::SamMask>& candidates) const;
  // Binary at the working camera; of sam's current image, which is this view's.
  ImageU8 ToMask(const sam::SamMask& mask, const ViewDecision& decision) const;
  // Sets the mask, cleared of specks, and whether it can be used.
  void SetMask(const sam::SamMask& chosen, ImageU8 mask, const sam::SamPrompt& prompt, ViewDecision& decision) const;
  // Rejects a used mask whose depth too few of the other training views confirm.
  void CheckDepth(ViewDecision& decision, const Job& job) const;

  // visit(decider, i) for i in [0, count), several at a time, in a decider of the thread's own. on_view gets how many
  // are done and which was last, one call at a time. Throws InterruptedError (what), and what `visit` throws.
  void ForEachView(size_t count, const std::string& what, const std::function<void(const ViewDecider&, size_t)>& visit,
                   const std::function<void(int, size_t)>& on_view, const Job& job) const;
  // The same where each view has one decision; these in order.
  std::vector<ViewDecision> DecideViews(size_t count, const std::string& what,
                                        const std::function<ViewDecision(const ViewDecider&, size_t)>& decide,
                                        const std::function<void(int, const ViewDecision&)>& on_view,
                                        const Job& job) const;

 private:
  const scene::Scene& scene_;
  const feature_container::FeatureContainer& container_;
  std::shared_ptr<sam::Sam> sam_;
  ViewDeciderOptions options_;
  std::map<int, sam::SamPrompt::Box> boxes_;
  std::map<int, ImageU8> shown_masks_;
  std::shared_ptr<PredictionMemory> memory_;
};

// With the object's boxes. Throws UsageError for options or boxes that make no sense, Error when context.sam is not
// the model that the container was encoded with.
ViewDecider MakeDecider(const ObjectPrompt& object, const DecodeContext& context);

}  // namespace sanerf::mask_decoder
