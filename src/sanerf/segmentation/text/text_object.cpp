#include "sanerf/segmentation/text/text_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"

namespace sanerf::segmentation {

using detect::TextDetector;
using mask_decoder::BoxPrompt;
using scene::Scene;

TextObject ObjectOfBoxes(const std::string& phrase, const std::vector<BoxInView>& boxes) {
  TextObject object;
  object.phrase = phrase;
  object.num_boxes = int(boxes.size());
  std::set<int> views;
  for (const BoxInView& box : boxes) views.insert(box.view_idx);
  object.num_views = int(views.size());
  return object;
}

void SayWhereFound(const TextObject& object, int num_views, const Job& job) {
  const AgreedObject& agreed = object.agreed;
  const auto num_agreeing = std::count_if(agreed.outcomes.begin(), agreed.outcomes.end(),
                                          [](const auto& outcome) { return outcome.group == 0; });
  job.Info(fmt::format("text   '{}': {} in {} of {}, {} on one object", object.phrase,
                       Counted(object.num_boxes, "box", "boxes"), object.num_views, Counted(num_views, "view"),
                       Counted(num_agreeing, "view agrees", "views agree")));
  if (agreed.num_dropped > 0)
    job.Info(fmt::format("text   '{}': {} in {} {} and {} dropped", object.phrase,
                         Counted(agreed.num_dropped, "box", "boxes"), Counted(agreed.num_dropped_views, "view"),
                         IsAre(agreed.num_dropped, "disagrees", "disagree"), IsAre(agreed.num_dropped, "was", "were")));
  if (!agreed.other_views.empty())
    job.Warn(
        fmt::format("'{}' fits {}, seen in {} {}\n"
                    "         The one with the best support was taken; a --click on another takes that.",
                    object.phrase, Counted(int64_t(agreed.other_views.size()), "more object"),
                    fmt::join(agreed.other_views, ", "), IsAre(agreed.other_views.back(), "view", "views")));
}

void SayWhereAllWereFound(const std::vector<TextObject>& objects, int num_views, const Job& job) {
  const TextObject& first = objects[0];
  job.Info(fmt::format("text   '{}': {} in {} of {}, {}", first.phrase, Counted(first.num_boxes, "box", "boxes"),
                       first.num_views, Counted(num_views, "view"), Counted(int64_t(objects.size()), "object")));
  for (const TextObject& object : objects)
    job.Info(fmt::format("text   '{}': {}", object.name,
                         Counted(int64_t(object.agreed.prompt.boxes.size()), "view agrees", "views agree")));
}

Json ReportOf(const TextObject& object, const std::vector<BoxInView>& boxes, const Scene& scene,
              const std::vector<int>& views, const TextDetector& detector) {
  Json rows = Json::array(), searched = Json::array();
  for (const int view_idx : views) searched.push_back(scene.views[size_t(view_idx)].name);
  for (size_t i = 0; i < boxes.size(); ++i) {
    const BoxPrompt& box = boxes[i].box;
    const AgreedObject::BoxOutcome& outcome = object.agreed.outcomes[i];
    rows.push_back({{"view", box.view},
                    {"xyxy", {box.x0, box.y0, box.x1, box.y1}},
                    {"score", boxes[i].score},
                    {"used", outcome.group == 0},
                    {"object", outcome.group},
                    {"reason", outcome.reason}});
  }
  return {{"phrase", object.phrase},
          {"detector", detector.name()},
          {"detector_fingerprint", HexFingerprint(detector.Fingerprint())},
          {"license", detector.license()},
          {"box_threshold", detector.box_threshold()},
          {"views", searched},
          {"boxes", rows},
          {"other_objects_views", object.agreed.other_views}};
}

}  // namespace sanerf::segmentation
