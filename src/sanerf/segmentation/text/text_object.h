// An object that was found by words, and what is said of how: to the user, and in its text.json.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_box.h"
#include "sanerf/detect/text_detector.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/text/text_prompts.h"

namespace sanerf::segmentation {

struct TextObject {
  std::string phrase, name;
  int num_boxes = 0, num_views = 0;  // found above the threshold
  AgreedObject agreed;               // without prompt
  JsonBox report;                    // text.json
};

// Of one phrase; not yet agreed upon.
TextObject ObjectOfBoxes(const std::string& phrase, const std::vector<BoxInView>& boxes);

// num_views: that were searched.
void SayWhereFound(const TextObject& object, int num_views, const Job& job);

// The same of all objects that one phrase names; at least one.
void SayWhereAllWereFound(const std::vector<TextObject>& objects, int num_views, const Job& job);

// text.json: every box, its score and what became of it. boxes: those that were agreed upon. views: that were searched.
Json ReportOf(const TextObject& object, const std::vector<BoxInView>& boxes, const scene::Scene& scene,
              const std::vector<int>& views, const detect::TextDetector& detector);

}  // namespace sanerf::segmentation
