// Options of text prompts (`segment --text`).
#pragma once

#include <string>

namespace sanerf {

struct TextOptions {
  std::string detector = "yolo11n-seg";
  double box_threshold = 0;
  double text_threshold = 0.25;
  double overlap = 0.7;
  int views = 24;
  double agreement = 0.5;
  int points = 8;

  template <class V>
  void Visit(V&& v) {
    v("detector", detector, "what finds the boxes: a detector of the catalogue, or the path of an .onnx file");
    v("box_threshold", box_threshold,
      "boxes with a lower score are not considered (0 = 0.35 for an open vocabulary, 0.25 for classes)");
    v("text_threshold", text_threshold, "open vocabulary: a box belongs to a phrase when a word of it scores more");
    v("overlap", overlap, "boxes of one phrase that overlap more than this (IoU) are one");
    v("views", views, "training views in which the detector looks, evenly chosen (0 = all)");
    v("agreement", agreement,
      "boxes of two views show the same when this share of their points lies on each other's mask");
    v("points", points, "3D points on the object for the views without a box");
  }
};

}  // namespace sanerf
