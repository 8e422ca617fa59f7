// Options of the whole method from encoded views on: decode, vote, decode again, sharpen, fit.
#pragma once

#include "sanerf/core/option_values.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/mask_decoder/options.h"
#include "sanerf/segmentation/automatic/auto_options.h"

namespace sanerf::segmentation {

struct SegmentOptions {
  int max_views = 0;
  bool until_stable = true;
  bool same_candidate = true;
  int rounds = 1;
  bool sharp_outlines = true;
  bool from_vote = true;
  int further_iters = 40;
  float further_rate = 0.3f;
  float view_trust = 0;
  bool drop_specks = false;
  float decoded_in_photos = 1;

  template <class V>
  void Visit(V&& v) {
    v("max_views", max_views, "training views to segment, evenly chosen, clicked ones first (0 = all)",
      Range(0, 100'000));
    v("until_stable", until_stable,
      "of those that are not encoded yet only as many as the answer needs, clicked and most helpful ones first, until "
      "they predict the next one's mask (false = all, paper)");
    v("same_candidate", same_candidate,
      "before the first refinement round: when the views agree better on one number of SAM's candidates, all take it "
      "(paper: false)");
    v("rounds", rounds,
      "refinement rounds at most: in each, every view is decoded again with what the others say (0 = paper)",
      Range(0, 20), Formerly("looks"));
    v("sharp_outlines", sharp_outlines,
      "outlines of the masks follow the edges of the picture before they are aggregated (paper: false)");
    v("from_vote", from_vote,
      "the object field starts from the vote of all masks instead of from nothing (paper: false)");
    v("further_iters", further_iters, "steps of a field that goes on with more prompts (--add)", Range(1, 1'000'000));
    v("further_rate", further_rate, "learning rate of such a field at the beginning, as a share of object.lr",
      Range(1e-4, 10));
    v("view_trust", view_trust,
      "views that the radiance field explains worse around the object than most count for less in vote and object "
      "field: "
      "the median of what is unexplained over the view's own, to this power (0 = all alike, paper)",
      Range(0, 8), kExperimental);
    v("drop_specks", drop_specks,
      "the object is only where two masks show it, and what hangs together with that; specks in fog are not (paper: "
      "false)",
      kExperimental);
    v("decoded_in_photos", decoded_in_photos,
      "in the photos' own masks (--refine-photos): weight of SAM's mask of a photo where the field wavers, by how well "
      "it "
      "agrees with the other views (0 = the field alone along the photo's edges)",
      Range(0, 1), kExperimental);
  }
};

struct SegmentationOptions {
  mask_decoder::MaskDecoderOptions masks;
  SegmentOptions segment;
  mask_aggregator::AggregatorOptions object;
  AutoOptions automatic;  // stage "auto"
};

}  // namespace sanerf::segmentation
