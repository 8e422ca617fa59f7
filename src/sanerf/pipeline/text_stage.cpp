#include "sanerf/pipeline/text_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/detect/load_text_detector.h"
#include "sanerf/detect/text_detector.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/label_views.h"

namespace sanerf::pipeline {

using detect::TextDetector;
using mask_decoder::BoxPrompt;
using mask_decoder::ObjectPrompt;
using scene::Scene;
using segmentation::BoxInView;

namespace {

constexpr size_t kMaxBoxesPerView = 8;  // of one phrase: a shelf of books gives any number
constexpr size_t kMaxLabelsReported = 8;

// What the detector said about all views.
struct Found {
  std::vector<std::vector<BoxInView>> boxes;  // per phrase
  std::vector<float> best_scores;             // per phrase, also below the threshold
  std::map<std::string, int> views_of_label;  // classes seen, asked for or not
};

// Evenly chosen training views, no more than will be segmented.
std::vector<int> ViewsToSearch(const Scene& scene, const Settings& settings) {
  const int most = settings.segment.max_views;
  const int wanted = settings.text.max_views;
  return scene::ThinnedViews(scene.TrainViews(), most > 0 && (wanted == 0 || wanted > most) ? most : wanted);
}

// A box in a prompt's pixels, whose integers are pixel centers.
BoxPrompt ToPrompt(const detect::DetectedBox& box, const std::string& view) {
  return {view, box.x0 - 0.5, box.y0 - 0.5, box.x1 - 0.5, box.y1 - 0.5};
}

Found SearchPhotos(const TextDetector& detector, const std::vector<std::string>& phrases, const Scene& scene,
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
    task.Update(++num_done, fmt::format("{} boxes", num_boxes));
  }
  task.Finish(fmt::format("{} boxes in {} views", num_boxes, views.size()));
  return found;
}

// "no such object" is an answer: how close it was, and what there is instead.
[[noreturn]] void FailForNothing(const std::string& phrase, float best_score, const Found& found, size_t num_views,
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
  throw Error(fmt::format("the detector {} finds nothing like '{}' in {} views", detector.name(),
                          detect::Shortened(phrase), num_views),
              fmt::format("the best score is {:.2f}, {:.2f} are needed", best_score, detector.box_threshold()), hint);
}

// Clicks on the object say which of several is meant.
std::vector<Vec3> HintsFrom(const ObjectPrompt& more, const Scene& scene,
                            const feature_container::FeatureContainer& container, const Job& job) {
  std::vector<Vec3> hints;
  for (const mask_decoder::LiftedPoint& point : mask_decoder::LiftPrompts(more, scene, container, job))
    if (point.label == 1) hints.push_back(point.p_file);
  return hints;
}

void Add(const ObjectPrompt& more, const Scene& scene, ObjectPrompt* prompt) {
  if (!more.name.empty()) prompt->name = more.name;
  prompt->instance = more.instance;
  prompt->min_visible = more.min_visible;
  prompt->points.insert(prompt->points.end(), more.points.begin(), more.points.end());
  prompt->clicks = more.clicks;
  for (const BoxPrompt& box : more.boxes) {
    const int view_idx = scene.FindView(box.view);
    std::erase_if(prompt->boxes, [&](const BoxPrompt& other) { return scene.FindView(other.view) == view_idx; });
    prompt->boxes.push_back(box);
  }
}

bool HasPrompts(const ObjectPrompt& more) {
  return !more.points.empty() || !more.clicks.empty() || !more.boxes.empty();
}

void CheckMore(const ObjectPrompt& more, const std::vector<std::string>& phrases, const Scene& scene) {
  mask_decoder::CheckPlaces(more, scene);
  if (phrases.size() == 1) return;
  if (HasPrompts(more))
    throw UsageError(fmt::format("the text names {} objects, and the clicks are for one", phrases.size()), "",
                     "give clicks, points and boxes together with a text of one phrase");
  if (!more.name.empty() || more.instance >= 0 || more.min_visible > 0)
    throw UsageError(
        fmt::format("the text names {} objects, --name, --instance and --min-visible are for one", phrases.size()),
        "every object is called after its phrase", "leave them out, or segment the phrases one by one");
}

void Report(const TextObject& object, int num_views, const Job& job) {
  const segmentation::AgreedObject& agreed = object.agreed;
  job.Info(fmt::format("text   '{}': {} boxes in {} of {} views, {} views agree on one object", object.phrase,
                       object.num_boxes, object.num_views, num_views,
                       std::count_if(agreed.outcomes.begin(), agreed.outcomes.end(),
                                     [](const auto& outcome) { return outcome.group == 0; })));
  if (agreed.num_dropped > 0)
    job.Info(fmt::format("text   '{}': {} boxes in {} views disagree and were dropped", object.phrase,
                         agreed.num_dropped, agreed.num_dropped_views));
  if (!agreed.other_views.empty())
    job.Warn(fmt::format(
        "'{}' fits {} more object(s), seen in {} views; the one with the best support was taken, a --click on "
        "another takes that",
        object.phrase, agreed.other_views.size(), fmt::join(agreed.other_views, ", ")));
}

Json ReportOf(const TextObject& object, const std::vector<BoxInView>& boxes, const Scene& scene,
              const std::vector<int>& views, const TextDetector& detector) {
  Json rows = Json::array(), searched = Json::array();
  for (const int view_idx : views) searched.push_back(scene.views[size_t(view_idx)].name);
  for (size_t i = 0; i < boxes.size(); ++i) {
    const BoxPrompt& box = boxes[i].box;
    const segmentation::AgreedObject::BoxOutcome& outcome = object.agreed.outcomes[i];
    rows.push_back({{"view", box.view},
                    {"xyxy", {box.x0, box.y0, box.x1, box.y1}},
                    {"score", boxes[i].score},
                    {"used", outcome.group == 0},
                    {"object", outcome.group},
                    {"reason", outcome.reason}});
  }
  return {{"phrase", object.phrase},
          {"detector", detector.name()},
          {"detector_fingerprint", run::HexFingerprint(detector.Fingerprint())},
          {"license", detector.license()},
          {"box_threshold", detector.box_threshold()},
          {"views", searched},
          {"boxes", rows},
          {"other_objects_views", object.agreed.other_views}};
}

}  // namespace

std::string NameFromPhrase(const std::string& phrase) {
  constexpr size_t kMaxBytes = 60;
  std::string name;
  for (const char c : phrase) {
    const bool is_plain =
        static_cast<unsigned char>(c) >= 32 && std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos;
    name += is_plain ? c : '_';
  }
  if (name.size() > kMaxBytes) {
    size_t end = kMaxBytes;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // not inside of a letter
    name.resize(end);
  }
  const size_t first = name.find_first_not_of(" -");
  name.erase(0, std::min(first, name.size()));
  while (!name.empty() && (name.back() == ' ' || run::IsSetAside(name))) name.pop_back();
  return name.empty() ? "object" : name;
}

TextResult PromptsFromText(const TextRequest& request, const Settings& settings, run::OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const std::vector<std::string> phrases = detect::SplitPhrases(request.text);
  segmentation::CheckObjectCount(phrases.size());
  const segmentation::TextOptions& options = settings.text;
  const Scene& scene = run->scene();
  CheckMore(request.more, phrases, scene);
  const std::vector<int> views = ViewsToSearch(scene, settings);
  const nerf::NerfModel& nerf = run->nerf();
  const Stopwatch watch;
  TextResult result;
  result.num_views = int(views.size());

  // The detector in all views; what it cannot look for and what is not there is an error before anything is encoded.
  std::unique_ptr<TextDetector> detector = detect::LoadTextDetector(options.detector, options.boxes, job);
  detector->CheckPhrases(phrases);
  result.detector = detector->name();
  result.license = detector->license();
  job.Info(fmt::format("text   detector {}{}", result.detector,
                       result.license.empty() ? "" : ", license: " + result.license));
  const Found found = SearchPhotos(*detector, phrases, scene, views, job);
  for (size_t i = 0; i < phrases.size(); ++i)
    if (found.boxes[i].empty()) FailForNothing(phrases[i], found.best_scores[i], found, views.size(), *detector);

  // SAM and depth in the views that have boxes.
  std::set<int> used_views;
  for (const auto& boxes : found.boxes)
    for (const BoxInView& box : boxes) used_views.insert(box.view_idx);
  for (const mask_decoder::ClickPrompt& click : request.more.clicks) used_views.insert(scene.FindView(click.view));
  const std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model);
  feature_container::EncodeOptions encode = settings.encode;
  encode.container = feature_container::FeatureStore::kCache;  // the boxes are in photos
  const std::shared_ptr<const feature_container::FeatureContainer> cache =
      run->Features({used_views.begin(), used_views.end()}, encode);
  const std::vector<Vec3> hints = HintsFrom(request.more, scene, *cache, job);

  for (size_t i = 0; i < phrases.size(); ++i) {
    TextObject object;
    object.phrase = phrases[i];
    object.num_boxes = int(found.boxes[i].size());
    std::set<int> views_of_object;
    for (const BoxInView& box : found.boxes[i]) views_of_object.insert(box.view_idx);
    object.num_views = int(views_of_object.size());
    object.agreed =
        segmentation::AgreeIn3d(NameFromPhrase(phrases[i]), found.boxes[i], hints,
                                {scene, *cache, *sam, nerf.model_from_file(), settings.masks}, options.agreement, job);
    ObjectPrompt prompt = std::move(object.agreed.prompt);
    prompt.text = phrases[i];
    if (phrases.size() == 1) Add(request.more, scene, &prompt);
    object.name = prompt.name;
    object.report = ReportOf(object, found.boxes[i], scene, views, *detector);
    Report(object, result.num_views, job);
    result.prompts.objects.push_back(std::move(prompt));
    result.objects.push_back(std::move(object));
  }
  result.seconds = watch.seconds();
  return result;
}

std::map<std::string, Json> ReportsOf(const TextResult& result) {
  std::map<std::string, Json> reports;
  for (const TextObject& object : result.objects) reports[object.name] = object.report;
  return reports;
}

Json ToJson(const TextResult& result) {
  Json objects = Json::array();
  for (const TextObject& object : result.objects) {
    const segmentation::AgreedObject& agreed = object.agreed;
    objects.push_back({{"phrase", object.phrase},
                       {"name", object.name},
                       {"boxes", object.num_boxes},
                       {"views_with_boxes", object.num_views},
                       {"views_agreed", std::count_if(agreed.outcomes.begin(), agreed.outcomes.end(),
                                                      [](const auto& outcome) { return outcome.group == 0; })},
                       {"boxes_dropped", agreed.num_dropped},
                       {"other_objects_views", agreed.other_views}});
  }
  return {{"detector", result.detector},
          {"license", result.license},
          {"views_searched", result.num_views},
          {"objects", objects},
          {"seconds", result.seconds}};
}

}  // namespace sanerf::pipeline
