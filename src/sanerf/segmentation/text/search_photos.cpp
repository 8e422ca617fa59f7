#include "sanerf/segmentation/text/search_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/phrases.h"

namespace sanerf::segmentation {

using detect::TextDetector;
using mask_decoder::BoxPrompt;
using scene::Scene;

namespace {

constexpr size_t kMaxBoxesPerView = 8;  // of one phrase: a shelf of books gives any number
constexpr size_t kMaxLabelsReported = 8;

// What the detector said about all views.
struct Found {
  std::vector<std::vector<BoxInView>> boxes;  // per phrase
  std::vector<float> best_scores;             // per phrase, also below the threshold
  std::map<std::string, int> views_of_label;  // classes seen, asked for or not
};

// A box in a prompt's pixels, whose integers are pixel centers.
BoxPrompt ToPrompt(const detect::DetectedBox& box, const std::string& view) {
  return {view, box.x0 - 0.5, box.y0 - 0.5, box.x1 - 0.5, box.y1 - 0.5};
}

Found DetectInViews(const TextDetector& detector, const std::vector<std::string>& phrases, const Scene& scene,
                    const std::vector<int>& views, const Job& job) {
  Found found;
  found.boxes.resize(phrases.size());
  found.best_scores.resize(phrases.size(), 0);
  Task task(job, fmt::format("look for {}", detect::Shortened(fmt::format("{}", fmt::join(phrases, ", ")))),
            int64_t(views.size()), "views");
  int64_t num_done = 0, num_boxes = 0;
  for (const int view_idx : views) {
    job.ThrowIfStopped("looking for words in the photos");
    const scene::View& view = scene.views[size_t(view_idx)];
    const float white[3] = {1, 1, 1};
    const detect::Detections detections =
        detector.Detect(CompositeOver(scene::LoadViewImage(view), white), phrases, job);
    for (size_t i = 0; i < phrases.size(); ++i) {
      const detect::PhraseBoxes& phrase = detections.phrases[i];
      found.best_scores[i] = std::max(found.best_scores[i], phrase.best_score);
      for (size_t k = 0; k < std::min(phrase.boxes.size(), kMaxBoxesPerView); ++k, ++num_boxes)
        found.boxes[i].push_back({view_idx, ToPrompt(phrase.boxes[k], view.name), phrase.boxes[k].score});
    }
    for (const auto& [label, score] : detections.seen) ++found.views_of_label[label];
    task.Update(++num_done, Counted(int64_t(num_boxes), "box", "boxes"));
  }
  task.Finish(
      fmt::format("{} in {}", Counted(int64_t(num_boxes), "box", "boxes"), Counted(int64_t(views.size()), "view")));
  return found;
}

int NumViewsOf(const std::vector<BoxInView>& boxes) {
  std::set<int> views;
  for (const BoxInView& box : boxes) views.insert(box.view_idx);
  return int(views.size());
}

// "text   seen in 24 views: cup in 20, spoon in none; besides: bottle (12), bowl (9)".
void SayWhatWasSeen(const Found& found, const std::vector<std::string>& phrases, size_t num_views, const Job& job) {
  std::vector<std::string> asked, besides;
  for (size_t i = 0; i < phrases.size(); ++i) {
    const int count = NumViewsOf(found.boxes[i]);
    asked.push_back(detect::Shortened(phrases[i]) + " in " + (count == 0 ? "none" : std::to_string(count)));
  }
  std::vector<std::pair<int, std::string>> labels;
  for (const auto& [label, count] : found.views_of_label)
    if (std::find(phrases.begin(), phrases.end(), label) == phrases.end()) labels.emplace_back(-count, label);
  std::sort(labels.begin(), labels.end());
  for (const auto& [count, label] : labels)
    if (besides.size() < kMaxLabelsReported) besides.push_back(fmt::format("{} ({})", label, -count));
  job.Info(fmt::format("text   seen in {}: {}{}", Counted(int64_t(num_views), "view"), fmt::join(asked, ", "),
                       besides.empty() ? "" : fmt::format("; besides: {}", fmt::join(besides, ", "))));
}

// "no such object" is an answer: how close it was, and what there is instead.
NothingFound Nowhere(const std::string& phrase, float best_score, const Found& found, size_t num_views,
                     const TextDetector& detector) {
  std::vector<std::pair<int, std::string>> labels;
  for (const auto& [label, count] : found.views_of_label) labels.emplace_back(-count, label);
  std::sort(labels.begin(), labels.end());
  std::vector<std::string> seen;
  for (const auto& [count, label] : labels)
    if (seen.size() < kMaxLabelsReported) seen.push_back(fmt::format("{} ({})", label, -count));
  std::string hint;
  if (!seen.empty()) hint = fmt::format("it sees (in so many views): {}; ", fmt::join(seen, ", "));
  hint +=
      best_score >= 0.02f ? fmt::format("to accept less, --set text.box_threshold={:.2f}, or ", 0.8 * best_score) : "";
  hint += detector.Labels().empty() ? "say it in other words, or " : "";
  hint += "click on it: --name OBJECT --click VIEW:X,Y";
  return NothingFound(fmt::format("the detector {} finds nothing like '{}' in {}", detector.name(),
                                  detect::Shortened(phrase), Counted(num_views, "view")),
                      fmt::format("the best score is {:.2f}, {:.2f} are needed", best_score, detector.box_threshold()),
                      hint);
}

}  // namespace

std::vector<PhraseInPhotos> SearchPhotos(const TextDetector& detector, const std::vector<std::string>& phrases,
                                         const Scene& scene, const std::vector<int>& views, const Job& job) {
  Found found = DetectInViews(detector, phrases, scene, views, job);
  SayWhatWasSeen(found, phrases, views.size(), job);
  std::vector<PhraseInPhotos> in_photos(phrases.size());
  for (size_t i = 0; i < phrases.size(); ++i) {
    if (found.boxes[i].empty())
      in_photos[i].nowhere = Nowhere(phrases[i], found.best_scores[i], found, views.size(), detector);
    in_photos[i].boxes = std::move(found.boxes[i]);
  }
  return in_photos;
}

}  // namespace sanerf::segmentation
