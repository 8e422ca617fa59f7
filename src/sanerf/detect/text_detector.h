// Boxes for words: 2D detectors behind ONNX Runtime, open vocabulary (Grounding DINO) or a fixed list of classes
// (YOLO).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/core/option_values.h"

namespace sanerf::detect {

struct TextDetectorOptions {
  double box_threshold = 0;
  double text_threshold = 0.25;
  double overlap = 0.7;

  template <class V>
  void Visit(V&& v) {
    v("box_threshold", box_threshold,
      "boxes with a lower score are not considered (0 = the detector's usual one: 0.35 for an open vocabulary, 0.25 "
      "for "
      "classes)",
      Range(0, 1));
    v("text_threshold", text_threshold, "open vocabulary: a box belongs to a phrase when a word of it scores more",
      Range(0, 1));
    v("overlap", overlap, "boxes of one phrase that overlap more than this (IoU) are one (1 = keep all)", Range(0, 1));
  }
};

struct DetectedBox {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // continuous pixels of the given image, first center at 0.5; inside the image
  float score = 0;                       // [0, 1]
};
double Iou(const DetectedBox& a, const DetectedBox& b);

struct PhraseBoxes {
  std::vector<DetectedBox> boxes;  // best first, all above the threshold
  float best_score = 0;            // of all candidates, also of those below
};
struct Detections {
  std::vector<PhraseBoxes> phrases;  // one per phrase, in order
  std::vector<std::pair<std::string, float>>
      seen;  // classes above the threshold with their best scores, asked for or not
};

class TextDetector {
 public:
  virtual ~TextDetector() = default;

  virtual const std::string& name() const = 0;
  virtual const std::string& license() const = 0;              // empty when it is not known
  virtual uint64_t Fingerprint() const = 0;                    // of the model's files
  virtual const std::vector<std::string>& Labels() const = 0;  // empty = open vocabulary
  virtual double box_threshold() const = 0;

  // Throws UsageError when a phrase cannot be looked for, with the nearest labels.
  virtual void CheckPhrases(const std::vector<std::string>& phrases) const = 0;
  // rgb: 3 channels, [0, 1], any size.
  virtual Detections Detect(const ImageF& rgb, const std::vector<std::string>& phrases, const Job& job) const = 0;
};

// "Banana. coffee mug ." -> "banana", "coffee mug": phrases end at a full stop, each once, lower case, single spaces.
// Throws UsageError when there is none.
std::vector<std::string> SplitPhrases(const std::string& text);

std::string Shortened(const std::string& text);  // for messages

// ---- for the implementations

struct DetectorFiles {
  std::string name, license;
  std::filesystem::path model;
  uint64_t fingerprint = 0;
  std::string hint;  // what to do when it cannot be used
};

// Drops boxes that overlap a better one by more than `overlap`; best first.
void KeepDistinct(double overlap, std::vector<DetectedBox>* boxes);

}  // namespace sanerf::detect
