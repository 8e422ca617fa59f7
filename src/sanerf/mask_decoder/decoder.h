// The decision for one view at a time; DecodeMasks asks it for all of them.
#pragma once

#include <map>
#include <vector>

#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/visibility.h"

namespace sanerf {

// k of the visibility filter.
struct VisibilityRule {
  int needed = 1;
  bool positives_only = false;
};
VisibilityRule VisibilityRuleFor(const ObjectPrompt& object, const std::vector<LiftedPoint>& points);

struct ViewDeciderOptions {
  MaskRule mask_rule;
  DepthTolerance tolerance;
  double specks = 0;  // largest island or hole that is removed, as a share of the mask
};

class ViewDecider {
 public:
  ViewDecider(const Scene& scene, const FeatureContainer& container, Sam& sam, const ViewDeciderOptions& options)
      : scene_(scene), container_(container), sam_(sam), options_(options) {}

  // Throws UsageError when the box lies outside its image or its view has one already.
  void AddBox(const BoxPrompt& box);
  const std::map<int, SamPrompt::Box>& boxes() const { return boxes_; }  // by view, working-camera pixels

  ViewDecision Decide(int view_idx, const std::vector<LiftedPoint>& points, const VisibilityRule& rule) const;

 private:
  SamPrompt FindPoints(const std::vector<LiftedPoint>& points, ViewDecision& decision) const;
  void Predict(const SamPrompt& prompt, ViewDecision& decision) const;

  const Scene& scene_;
  const FeatureContainer& container_;
  Sam& sam_;
  ViewDeciderOptions options_;
  std::map<int, SamPrompt::Box> boxes_;
};

}  // namespace sanerf
