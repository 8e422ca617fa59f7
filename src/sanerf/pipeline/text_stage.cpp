#include "sanerf/pipeline/text_stage.h"

#include <fmt/format.h>

#include <algorithm>
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
using segmentation::TextObject;

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

// What it cannot look for is an error before anything is encoded.
std::unique_ptr<TextDetector> LoadDetector(const segmentation::TextOptions& options,
                                           const std::vector<std::string>& phrases, TextResult* result,
                                           const Job& job) {
  std::unique_ptr<TextDetector> detector = detect::LoadTextDetector(options.detector, options.boxes, job);
  detector->CheckPhrases(phrases);
  result->detector = detector->name();
  result->license = detector->license();
  job.Info(fmt::format("text   detector {}{}", result->detector,
                       result->license.empty() ? "" : ", license: " + result->license));
  return detector;
}

// What the boxes of one phrase show: one object, or all of them with a number each.
std::vector<TextObject> ObjectsOf(const TextRequest& request, const std::string& phrase,
                                  const std::vector<segmentation::BoxInView>& boxes, const std::vector<Vec3>& hints,
                                  const segmentation::SegmentationInput& input, const Settings& settings,
                                  const Job& job) {
  const std::string name = NameFromPhrase(phrase);
  const segmentation::BoxesOfWords words{name, boxes, hints};
  const mask_decoder::DecodeContext context = input.ForDecoding(settings.masks);
  std::vector<segmentation::AgreedObject> agreed;
  if (request.all) {
    agreed = segmentation::AllThatAgreeIn3d(words, context, settings.text.agreement, job);
  } else {
    agreed.push_back(segmentation::AgreeIn3d(words, context, settings.text.agreement, job));
  }
  std::vector<TextObject> objects;
  for (size_t i = 0; i < agreed.size(); ++i) {
    objects.push_back(segmentation::ObjectOfBoxes(phrase, boxes));
    TextObject& object = objects.back();
    object.agreed = std::move(agreed[i]);
    object.agreed.prompt.text = phrase;
    if (agreed.size() > 1) object.agreed.prompt.name = fmt::format("{} {}", name, i + 1);
    object.name = object.agreed.prompt.name;
  }
  return objects;
}

// Encoded are the views that have boxes or clicks.
segmentation::SegmentationInput EncodeFound(const std::vector<segmentation::PhraseInPhotos>& found,
                                            const ObjectPrompt& more, const Settings& settings, run::OpenRun* run,
                                            const Job& job) {
  std::set<int> used_views;
  for (const segmentation::PhraseInPhotos& phrase : found)
    for (const segmentation::BoxInView& box : phrase.boxes) used_views.insert(box.view_idx);
  for (const mask_decoder::ClickPrompt& click : more.clicks) used_views.insert(run->scene().FindView(click.view));
  std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, job);
  feature_container::EncodeOptions encode = settings.encode;
  encode.container = feature_container::FeatureStore::kCache;  // the boxes are in photos
  std::shared_ptr<const feature_container::FeatureContainer> cache =
      run->Features({used_views.begin(), used_views.end()}, encode, job);
  return {run->shared_scene(), run->nerf(job), std::move(cache), std::move(sam)};
}

}  // namespace

TextResult PromptsFromText(const TextRequest& request, const Settings& settings, run::OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(settings.text, "text");
  const std::vector<std::string> phrases = detect::SplitPhrases(request.text);
  segmentation::CheckObjectCount(phrases.size());
  const Scene& scene = run->scene();
  CheckMore(request.more, phrases, scene);
  const std::vector<int> views = ViewsToSearch(scene, settings);
  run->nerf(job);  // its loading does not count as searching
  const Stopwatch watch;
  TextResult result;
  result.num_views = int(views.size());

  // The detector in all views.
  const std::unique_ptr<TextDetector> detector = LoadDetector(settings.text, phrases, &result, job);
  const std::vector<segmentation::PhraseInPhotos> found =
      segmentation::SearchPhotos(*detector, phrases, scene, views, job);
  if (std::all_of(found.begin(), found.end(), [](const auto& phrase) { return phrase.nowhere; }))
    throw segmentation::NothingFound(*found[0].nowhere);

  // SAM and depth in the views that have boxes.
  const segmentation::SegmentationInput input = EncodeFound(found, request.more, settings, run, job);
  const std::vector<Vec3> hints = segmentation::HintsFrom(request.more, scene, *input.features, job);
  for (size_t i = 0; i < phrases.size(); ++i) {
    if (found[i].nowhere) {
      result.missing.push_back({phrases[i], *found[i].nowhere});
      continue;
    }
    std::vector<TextObject> objects;
    try {
      objects = ObjectsOf(request, phrases[i], found[i].boxes, hints, input, settings, job);
    } catch (const segmentation::NothingFound& nothing) {
      result.missing.push_back({phrases[i], nothing});
      continue;
    }
    if (request.all) segmentation::SayWhereAllWereFound(objects, result.num_views, job);
    for (TextObject& object : objects) {
      ObjectPrompt prompt = std::move(object.agreed.prompt);
      if (phrases.size() == 1 && !request.all) Add(request.more, scene, &prompt);
      object.name = prompt.name;
      object.report = segmentation::ReportOf(object, found[i].boxes, scene, views, *detector);
      if (!request.all) segmentation::SayWhereFound(object, result.num_views, job);
      result.prompts.objects.push_back(std::move(prompt));
      result.objects.push_back(std::move(object));
    }
  }
  segmentation::CheckObjectCount(result.objects.size());
  if (result.objects.empty()) throw segmentation::NothingFound(result.missing[0].why);
  for (const MissingObject& missing : result.missing)
    job.Warn(fmt::format("{}\n         {}\n         The other words were found; their objects are kept.",
                         missing.why.what(), missing.why.hint()));
  result.seconds = watch.seconds();
  return result;
}

std::map<std::string, JsonBox> ReportsOf(const TextResult& result) {
  std::map<std::string, JsonBox> reports;
  for (const TextObject& object : result.objects) reports[object.name] = object.report;
  return reports;
}

}  // namespace sanerf::pipeline
