// Options of text prompts (`segment --text`).
#pragma once

#include <string>

#include "sanerf/core/option_values.h"
#include "sanerf/detect/text_detector.h"
#include "sanerf/segmentation/text/text_prompts.h"

namespace sanerf::segmentation {

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
