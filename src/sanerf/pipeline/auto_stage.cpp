#include "sanerf/pipeline/auto_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/whole_task.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/fit_and_store.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/automatic/search_time.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::pipeline {

using run::StoredObject;

namespace {

std::vector<std::string> NamesOfSearch(const std::vector<StoredObject>& objects) {
  std::vector<std::string> names;
  for (const StoredObject& object : objects)
    if (IsOfSearch(object)) names.push_back(object.name);
  return names;
}

// Before minutes of search that cannot find anything.
void CheckEnoughViews(int num_searched, const Settings& settings) {
  const int wanted = settings.automatic.associate.min_views;
  if (num_searched >= wanted) return;
  const std::string more = num_searched == settings.automatic.max_views ? "with a larger auto.max_views"
                           : settings.segment.max_views > 0             ? "with a larger --max-views"
                                                                        : "of a scene with more photos";
  throw UsageError(fmt::format("a search in {} finds nothing", Counted(num_searched, "view")),
                   fmt::format("an object must be found in {} of them (auto.min_views)", wanted),
                   fmt::format("search more views, {}, or --set auto.min_views={}", more, num_searched));
}

struct EncodedViews {
  std::shared_ptr<const feature_container::FeatureContainer> container;
  segmentation::SearchPace pace;
  double seconds = 0;  // without the measuring
};

// One view alone first: it and a few of its points say how long all of this will take.
EncodedViews EncodeAndMeasure(const std::vector<int>& searched, const std::vector<int>& views, const Settings& settings,
                              run::OpenRun* run, WholeTask* whole) {
  const Job& job(whole->job());
  const int measured = searched[0];
  const segmentation::SearchSize size{int(searched.size()), int(views.size())};
  Stopwatch watch;
  EncodedViews encoded{run->Features({measured}, settings.encode, job), {}, 0};
  encoded.seconds = watch.seconds();
  const std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, job);
  encoded.pace = {segmentation::SecondsPerPoint(measured, *encoded.container, *sam, size.num_searched, job),
                  segmentation::SecondsPerRay(run->nerf(job), encoded.container->WorkingCamera(measured), job)};
  const auto num_missing =
      std::count_if(views.begin(), views.end(), [&](int view) { return !encoded.container->Has(view); });
  std::vector<WholeTask::Part> parts = segmentation::PartsOfSearch(size, encoded.pace, settings);
  parts.push_back({"encode", 1 + double(num_missing)});
  whole->Expect(parts);
  if (settings.encode.container == feature_container::FeatureStore::kField) return encoded;  // it has all views

  watch = Stopwatch();
  encoded.container = run->Features(views, settings.encode, job);
  encoded.seconds += watch.seconds();
  return encoded;
}

}  // namespace

bool IsOfSearch(const StoredObject& object) {
  return object.labels.size() > 1 &&
         std::all_of(object.labels.begin(), object.labels.end(),
                     [](const std::string& label) { return label.rfind(segmentation::kAutomaticName, 0) == 0; });
}

AutoResult SegmentAutomatically(const Settings& settings, run::OpenRun* run, const Job& caller) {
  const ThreadLimit limit(caller.num_threads());
  CheckOptions(settings.automatic, "auto");
  CheckOptions(settings.segment, "segment");
  const scene::Scene& scene = run->scene();
  const nerf::NerfModel& nerf = run->nerf(caller);
  const std::vector<int> train = scene::SpreadViews(scene, scene.TrainViews(), settings.segment.max_views);
  const std::vector<int> searched = segmentation::ViewsToSearch(scene, train, settings.automatic);
  CheckEnoughViews(int(searched.size()), settings);
  const std::vector<int>& decoded_views = settings.automatic.extend ? train : searched;
  std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, caller);
  AutoResult result;

  segmentation::SearchSize size{int(searched.size()), int(decoded_views.size())};
  const int num_points = size.num_searched * settings.automatic.masks.grid * settings.automatic.masks.grid;
  WholeTask whole(caller, "auto", segmentation::PartsOfSearch(size, {}, settings));
  const Job& job(whole.job());
  EncodedViews encoded = EncodeAndMeasure(searched, decoded_views, settings, run, &whole);
  const std::shared_ptr<const feature_container::FeatureContainer> container = std::move(encoded.container);
  result.encode_seconds = encoded.seconds;
  if (settings.encode.container == feature_container::FeatureStore::kCache)
    RecordEncoding(run->folder(), settings, decoded_views.size(), result.encode_seconds, job);

  const Stopwatch watch;
  std::vector<segmentation::FoundMask> masks =
      segmentation::SearchViews(searched, *container, *sam, settings.automatic.masks, job);
  result.num_searched_views = int(searched.size());
  result.num_masks = int(masks.size());
  result.search_seconds = watch.seconds();
  segmentation::SegmentationInput input{run->shared_scene(), nerf, container, std::move(sam), decoded_views};
  result.found = segmentation::TieTogether(input, searched.size(), std::move(masks), settings, job);
  size.num_objects = int(result.found.found.size());
  encoded.pace.point = result.search_seconds / num_points;
  whole.Expect(segmentation::PartsOfSearch(size, encoded.pace, settings));
  const Stopwatch refine_watch;
  segmentation::Session session(std::move(input), settings);
  session.StartFromSearch(result.found.prompts, std::move(result.found.decoded));
  session.Refine(job);
  result.found.mask_seconds += refine_watch.seconds();
  session.ReleaseSam();  // its memory is better used by the field
  run->ReleaseSam();

  // The earlier search is set aside as a whole, in the place of the one before it.
  run::StoreOptions options;
  options.retired = NamesOfSearch(run::ListObjects(run->folder()));
  options.forgotten = NamesOfSearch(run::ListSetAside(run->folder()));
  const segmentation::AutomaticField& found = result.found;
  const FittedAndStored fitted =
      FitAndStore(&session, result.search_seconds + found.associate_seconds + found.mask_seconds, std::move(options),
                  settings, run, job);
  const std::vector<StoredObject>& stored = fitted.stored.objects;
  result.set_aside = fitted.stored.set_aside;
  result.field_seconds = fitted.seconds;

  whole.Finish(Counted(int64_t(stored.size()), "object"));

  for (size_t i = 0; i < stored.size(); ++i)
    result.objects.push_back(
        {stored[i], int(found.found[i].masks.size()), found.found[i].agreement, found.found[i].size});
  result.peak_rss_bytes = PeakRssBytes();
  return result;
}

Json ToJson(const AutoResult& result) {
  Json objects = Json::array();
  for (const AutoObject& object : result.objects) {
    objects.push_back({{"name", object.stored.name},
                       {"folder", object.stored.folder.string()},
                       {"views_found", object.views_found},
                       {"views_used", object.stored.views_used},
                       {"views_total", object.stored.views_total},
                       {"agreement", object.agreement},
                       {"share", object.share}});
  }
  return {{"objects", objects},
          {"set_aside", result.set_aside},
          {"searched_views", result.num_searched_views},
          {"masks", result.num_masks},
          {"left_out",
           {{"too_few_views", result.found.left_out.num_rare},
            {"no_agreement", result.found.left_out.num_unstable},
            {"background", result.found.left_out.num_background},
            {"coplanar", result.found.left_out.num_coplanar},
            {"texture", result.found.left_out.num_texture},
            {"other_levels", result.found.left_out.num_other_levels},
            {"beyond_limit", result.found.num_beyond_limit},
            {"no_certain_point", result.found.num_without_point}}},
          {"seconds",
           {{"encode", result.encode_seconds},
            {"search", result.search_seconds},
            {"associate", result.found.associate_seconds},
            {"masks", result.found.mask_seconds},
            {"field", result.field_seconds}}},
          {"peak_rss_mib", double(result.peak_rss_bytes) / (1 << 20)}};
}

std::string ToTable(const AutoResult& result) {
  std::string text = fmt::format("{:<12}  {:>15}  {:>14}  {:>11}  {:>9}\n", "object", "share of a view",
                                 "found in views", "masks used", "agreement");
  for (const AutoObject& object : result.objects) {
    text +=
        fmt::format("{:<12}  {:>14.2f}%  {:>14}  {:>11}  {:>8.1f}%\n", object.stored.name, 100 * object.share,
                    fmt::format("{}/{}", object.views_found, result.num_searched_views),
                    fmt::format("{}/{}", object.stored.views_used, object.stored.views_total), 100 * object.agreement);
  }
  return text;
}

}  // namespace sanerf::pipeline
