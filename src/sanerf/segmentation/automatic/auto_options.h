// Options of the search for objects without a prompt.
#pragma once

#include "sanerf/core/option_values.h"
#include "sanerf/sam/automatic_options.h"

namespace sanerf::segmentation {

// Of AssociateMasks (associate_masks.h).
struct AssociateOptions {
  int step = 4;
  double match = 0.5;
  double seen = 0.4;
  int min_views = 4;
  double min_agreement = 0.2;
  double whole = 0.8;
  double background = 0.2;
  double coplanar = 0.5;

  template <class V>
  void Visit(V&& v) {
    v("step", step, "every so many pixels, in both directions, masks are compared", Range(1, 64));
    v("match", match, "IoU from which masks of two views are one object, over the surface that both see",
      Range(0.05, 1));
    v("seen", seen, "share of a mask that another view must see to count for it", Range(0, 1));
    v("min_views", min_views, "searched views in which an object must have been found", Range(1, 100'000));
    v("min_agreement", min_agreement, "mean IoU of an object's masks over all views that see it, at least",
      Range(0, 1));
    v("whole", whole, "a whole is taken instead of its parts when its agreement is this share of theirs, at least",
      Range(0, 1));
    v("background", background, "what covers more than this share of the pictures' borders is background", Range(0, 1));
    v("coplanar", coplanar,
      "share of an object's masks that may be coplanar with what surrounds them; more is a drawing on it", Range(0, 1),
      Formerly("flush"));
  }
};

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
