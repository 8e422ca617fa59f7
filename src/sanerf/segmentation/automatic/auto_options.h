// Options of the search for objects without a prompt.
#pragma once

#include "sanerf/core/option_values.h"
#include "sanerf/sam/automatic_options.h"
#include "sanerf/segmentation/automatic/associate_options.h"

namespace sanerf::segmentation {

struct AutoOptions {
  int max_views = 16;
  int max_objects = 64;
  int points = 8;
  int rounds = 1;
  bool extend = true;
  sam::AutomaticMaskOptions masks;
  AssociateOptions associate;

  template <class V>
  void Visit(V&& v) {
    v("max_views", max_views, "training views that are searched for objects, spread over the cameras (0 = all)",
      Range(2, 100'000).OrZero(), Formerly("views"));
    v("max_objects", max_objects,
      "at most so many objects become labels, those on which the views agree best; a label image has one byte per "
      "pixel",
      Range(1, 254));
    v("points", points, "3D points on each object, for the views that were not searched and for later refinement",
      Range(1, 100));
    v("extend", extend, "also take masks from the views that were not searched");
    v("rounds", rounds,
      "refinement rounds at most: in each, every view is decoded again with what the others say (0 = none)",
      Range(0, 20), Formerly("looks"));
    masks.Visit(v);
    associate.Visit(v);
  }
};

}  // namespace sanerf::segmentation
