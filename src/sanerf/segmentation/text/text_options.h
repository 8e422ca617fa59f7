// Options of text prompts (`segment --text`).
#pragma once

#include <string>

#include "sanerf/core/option_values.h"
#include "sanerf/detect/text_detector.h"

namespace sanerf::segmentation {

// Of AgreeIn3d (text_prompts.h).
struct AgreementOptions {
  double agreement = 0.5;
  int points = 8;
  int points_per_box = 12;

  template <class V>
  void Visit(V&& v) {
    v("agreement", agreement,
      "boxes of two views show the same when this share of their points lies on each other's mask", Range(0.01, 1));
    v("points", points, "3D points on the object for the views without a box", Range(1, 100));
    v("points_per_box", points_per_box, "points lifted from inside each box's mask, to compare views by",
      Range(3, 100));
  }
};

struct TextOptions {
  std::string detector = "yolo11n-seg";
  detect::TextDetectorOptions boxes;
  int max_views = 24;
  AgreementOptions agreement;

  template <class V>
  void Visit(V&& v) {
    v("detector", detector, "what finds the boxes", Text("a detector of the catalogue or the path of an .onnx file"));
    boxes.Visit(v);
    v("max_views", max_views, "training views that the detector searches, evenly chosen (0 = all)", Range(0, 100'000),
      Formerly("views"));
    agreement.Visit(v);
  }
};

}  // namespace sanerf::segmentation
