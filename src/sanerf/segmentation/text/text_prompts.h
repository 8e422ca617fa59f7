// Boxes of a detector in many views to the prompt of one object (paper 4.5: text prompts). How the boxes of different
// views are tied to each other the paper does not say; here it is decided in 3D.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/segmentation/text/text_boxes.h"
#include "sanerf/segmentation/text/text_options.h"

namespace sanerf::segmentation {

struct AgreedObject {
  mask_decoder::ObjectPrompt
      prompt;  // the boxes that agree, at most one per view, and 3D points that several of their masks hold
  // Per box that was given: group 0 is the object, others are other objects, -1 belongs to none.
  struct BoxOutcome {
    int group = -1;
    std::string reason;  // in words
  };
  std::vector<BoxOutcome> outcomes;
  double score = 0;              // sum over the object's views
  std::vector<int> other_views;  // how many views every other object was seen in, at least two; best supported first
  int num_dropped = 0;           // boxes that are neither
  int num_dropped_views = 0;
};

// Points on the object that clicks and points of the user lie on: which of several is meant.
std::vector<Vec3> HintsFrom(const mask_decoder::ObjectPrompt& more, const scene::Scene& scene,
                            const feature_container::FeatureContainer& container, const Job& job);

struct BoxesOfWords {
  std::string what;  // what they were found for; also the object's name
  const std::vector<BoxInView>& boxes;
  const std::vector<Vec3>& hints;  // points on the one that is meant; may be empty
};

// Boxes show the same thing when the points of one that are visible to the other lie on its mask, in both directions.
// They are grouped by that, the pairs that agree best first; a group has at most one box per view and at least two
// views. The group with the largest sum of scores is the object; with hints a group that shows the most of them.
//
// Throws NothingFound when fewer than two views agree, with what to do; UsageError for options out of range.
AgreedObject AgreeIn3d(const BoxesOfWords& found, const mask_decoder::DecodeContext& context,
                       const AgreementOptions& options, const Job& job);

// Every group as an object of its own, the best supported first; hints say nothing here. Groups that have no view in
// common and cannot see each other's points, as those of an object's front and back, are one object where their points
// lie at one place. What hardly any view shows beside the best supported one is dropped. Throws the same.
std::vector<AgreedObject> AllThatAgreeIn3d(const BoxesOfWords& found, const mask_decoder::DecodeContext& context,
                                           const AgreementOptions& options, const Job& job);

}  // namespace sanerf::segmentation
