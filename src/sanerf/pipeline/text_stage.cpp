#include "sanerf/pipeline/text_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/detect/load_text_detector.h"
#include "sanerf/detect/text_detector.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_places.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/text/search_photos.h"

namespace sanerf::pipeline {

using detect::TextDetector;
using mask_decoder::BoxPrompt;
using mask_decoder::ObjectPrompt;
using scene::Scene;
using segmentation::BoxInView;

namespace {

// Evenly chosen training views, no more than will be segmented.
std::vector<int> ViewsToSearch(const Scene& scene, const Settings& settings) {
  const int most = settings.segment.max_views;
  const int wanted = settings.text.max_views;
  return scene::ThinnedViews(scene.TrainViews(), most > 0 && (wanted == 0 || wanted > most) ? most : wanted);
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
  segmentation::CheckPromptPlaces(more, scene);
  if (phrases.size() == 1) return;
  if (HasPrompts(more))
    throw UsageError(
        fmt::format("the text names {}, and the clicks are for one", Counted(int64_t(phrases.size()), "object")), "",
        "give clicks, points and boxes together with a text of one phrase");
  if (!more.name.empty() || more.instance >= 0 || more.min_visible > 0)
    throw UsageError(fmt::format("the text names {}, --name, --instance and --min-visible are for one",
                                 Counted(int64_t(phrases.size()), "object")),
                     "every object is called after its phrase", "leave them out, or segment the phrases one by one");
}

void Report(const TextObject& object, int num_views, const Job& job) {
  const segmentation::AgreedObject& agreed = object.agreed;
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

// As the name of a folder.
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

}  // namespace

TextResult PromptsFromText(const TextRequest& request, const Settings& settings, run::OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(settings.text, "text");
  const std::vector<std::string> phrases = detect::SplitPhrases(request.text);
  segmentation::CheckObjectCount(phrases.size());
  const segmentation::TextOptions& options = settings.text;
  const Scene& scene = run->scene();
  CheckMore(request.more, phrases, scene);
  const std::vector<int> views = ViewsToSearch(scene, settings);
  const nerf::NerfModel& nerf = run->nerf(job);
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
  const std::vector<segmentation::PhraseInPhotos> found =
      segmentation::SearchPhotos(*detector, phrases, scene, views, job);
  if (std::all_of(found.begin(), found.end(), [](const auto& phrase) { return phrase.nowhere; }))
    throw segmentation::NothingFound(*found[0].nowhere);

  // SAM and depth in the views that have boxes.
  std::set<int> used_views;
  for (const segmentation::PhraseInPhotos& phrase : found)
    for (const BoxInView& box : phrase.boxes) used_views.insert(box.view_idx);
  for (const mask_decoder::ClickPrompt& click : request.more.clicks) used_views.insert(scene.FindView(click.view));
  const std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, job);
  feature_container::EncodeOptions encode = settings.encode;
  encode.container = feature_container::FeatureStore::kCache;  // the boxes are in photos
  const std::shared_ptr<const feature_container::FeatureContainer> cache =
      run->Features({used_views.begin(), used_views.end()}, encode, job);
  const segmentation::SegmentationInput input{run->shared_scene(), nerf, cache, sam};
  const std::vector<Vec3> hints = segmentation::HintsFrom(request.more, scene, *cache, job);

  for (size_t i = 0; i < phrases.size(); ++i) {
    if (found[i].nowhere) {
      result.missing.push_back({phrases[i], *found[i].nowhere});
      continue;
    }
    const std::vector<BoxInView>& boxes = found[i].boxes;
    TextObject object;
    object.phrase = phrases[i];
    object.num_boxes = int(boxes.size());
    std::set<int> views_of_object;
    for (const BoxInView& box : boxes) views_of_object.insert(box.view_idx);
    object.num_views = int(views_of_object.size());
    try {
      object.agreed = segmentation::AgreeIn3d(NameFromPhrase(phrases[i]), boxes, hints,
                                              input.ForDecoding(settings.masks), options.agreement, job);
    } catch (const segmentation::NothingFound& nothing) {
      result.missing.push_back({phrases[i], nothing});
      continue;
    }
    ObjectPrompt prompt = std::move(object.agreed.prompt);
    prompt.text = phrases[i];
    if (phrases.size() == 1) Add(request.more, scene, &prompt);
    object.name = prompt.name;
    object.report = ReportOf(object, boxes, scene, views, *detector);
    Report(object, result.num_views, job);
    result.prompts.objects.push_back(std::move(prompt));
    result.objects.push_back(std::move(object));
  }
  if (result.objects.empty()) throw segmentation::NothingFound(result.missing[0].why);
  for (const MissingObject& missing : result.missing)
    job.Warn(fmt::format("{}\n         {}\n         The other words were found; their objects are kept.",
                         missing.why.what(), missing.why.hint()));
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
  Json missing = Json::array();
  for (const MissingObject& phrase : result.missing)
    missing.push_back({{"phrase", phrase.phrase}, {"why", phrase.why.what()}, {"hint", phrase.why.hint()}});
  return {{"detector", result.detector}, {"license", result.license}, {"views_searched", result.num_views},
          {"objects", objects},          {"not_found", missing},      {"seconds", result.seconds}};
}

}  // namespace sanerf::pipeline
