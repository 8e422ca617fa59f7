#include "sanerf/pipeline/auto_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
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

struct AutoViews {
  std::vector<int> searched;  // SAM is asked what is in them
  std::vector<int> decoded;   // every object gets a mask in them

  segmentation::SearchSize size(size_t num_objects = 0) const {
    return {int(searched.size()), int(decoded.size()), int(num_objects)};
  }
};

AutoViews ChooseAutoViews(const scene::Scene& scene, const Settings& settings) {
  AutoViews views;
  views.decoded = scene::SpreadViews(scene, scene.TrainViews(), settings.segment.max_views);
  views.searched = segmentation::ViewsToSearch(scene, views.decoded, settings.automatic);
  CheckEnoughViews(int(views.searched.size()), settings);
  if (!settings.automatic.extend) views.decoded = views.searched;
  return views;
}

struct MeasuredEncoding {
  std::shared_ptr<const feature_container::FeatureContainer> container;
  segmentation::SearchPace pace;
  double seconds = 0;  // without the measuring
};

// One view alone first: it and a few of its points say how long all of this will take.
MeasuredEncoding EncodeAndMeasure(const AutoViews& views, const Settings& settings, run::OpenRun* run,
                                  WholeTask* whole) {
  const Job& job(whole->job());
  const int measured = views.searched[0];
  Stopwatch watch;
  MeasuredEncoding encoded{run->Features({measured}, settings.encode, job), {}, 0};
  encoded.seconds = watch.seconds();
  const std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, job);
  encoded.pace = {segmentation::SecondsPerPoint(measured, *encoded.container, *sam, int(views.searched.size()), job),
                  segmentation::SecondsPerRay(run->nerf(job), encoded.container->WorkingCamera(measured), job)};
  const auto num_missing = std::count_if(views.decoded.begin(), views.decoded.end(),
                                         [&](int view) { return !encoded.container->Has(view); });
  std::vector<WholeTask::Part> parts = segmentation::PartsOfSearch(views.size(), encoded.pace, settings);
  parts.push_back({"encode", 1 + double(num_missing)});
  whole->Expect(parts);
  if (settings.encode.container == feature_container::FeatureStore::kField) return encoded;  // it has all views

  watch = Stopwatch();
  encoded.container = run->Features(views.decoded, settings.encode, job);
  encoded.seconds += watch.seconds();
  RecordEncoding(run->folder(), settings, views.decoded.size(), encoded.seconds, job);
  return encoded;
}

// SAM's masks of everything in the searched views, tied together to objects.
void FindObjects(const std::vector<int>& searched, const segmentation::SegmentationInput& input,
                 const Settings& settings, AutoResult* result, const Job& job) {
  const Stopwatch watch;
  std::vector<segmentation::FoundMask> masks =
      segmentation::SearchViews(searched, *input.features, *input.sam, settings.automatic.masks, job);
  result->num_searched_views = int(searched.size());
  result->num_masks = int(masks.size());
  result->search_seconds = watch.seconds();
  result->found = segmentation::TieTogether(input, searched.size(), std::move(masks), settings, job);
}

// The earlier search is set aside as a whole, in the place of the one before it.
run::StoreOptions InPlaceOfEarlierSearch(const run::RunFolder& folder) {
  run::StoreOptions options;
  options.retired = NamesOfSearch(run::ListObjects(folder));
  options.forgotten = NamesOfSearch(run::ListSetAside(folder));
  return options;
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
  const nerf::NerfModel& nerf = run->nerf(caller);
  const AutoViews views = ChooseAutoViews(run->scene(), settings);
  std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, caller);
  AutoResult result;
  segmentation::AutomaticField& found = result.found;

  // Views to masks to objects.
  WholeTask whole(caller, "auto", segmentation::PartsOfSearch(views.size(), {}, settings));
  const Job& job(whole.job());
  MeasuredEncoding encoded = EncodeAndMeasure(views, settings, run, &whole);
  result.encode_seconds = encoded.seconds;
  segmentation::SegmentationInput input{run->shared_scene(), nerf, encoded.container, std::move(sam), views.decoded};
  FindObjects(views.searched, input, settings, &result, job);
  const int num_points = result.num_searched_views * settings.automatic.masks.grid * settings.automatic.masks.grid;
  encoded.pace.point = result.search_seconds / num_points;
  whole.Expect(segmentation::PartsOfSearch(views.size(found.found.size()), encoded.pace, settings));

  // Their masks again, with what the views say about each other.
  const Stopwatch refine_watch;
  segmentation::Session session(std::move(input), settings);
  session.StartFromSearch(found.prompts, std::move(found.decoded));
  session.Refine(job);
  found.mask_seconds += refine_watch.seconds();
  session.ReleaseSam();  // its memory is better used by the field
  run->ReleaseSam();

  // One field for all of them.
  const double seconds = result.search_seconds + found.associate_seconds + found.mask_seconds;
  FittedAndStored fitted = FitAndStore(&session, {seconds, InPlaceOfEarlierSearch(run->folder())}, settings, run, job);
  result.field_seconds = fitted.seconds;
  result.set_aside = std::move(fitted.stored.set_aside);
  for (size_t i = 0; i < fitted.stored.objects.size(); ++i)
    result.objects.push_back({std::move(fitted.stored.objects[i]), int(found.found[i].masks.size()),
                              found.found[i].agreement, found.found[i].size});
  whole.Finish(Counted(int64_t(result.objects.size()), "object"));
  result.peak_rss_bytes = PeakRssBytes();
  return result;
}

}  // namespace sanerf::pipeline
