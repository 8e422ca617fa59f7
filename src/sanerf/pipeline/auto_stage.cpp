#include "sanerf/pipeline/auto_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/scratch_path.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/choose_views.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

// Whether the object's field holds nothing but what a search has found.
bool IsOfSearch(const StoredObject& object) {
  return object.labels.size() > 1 &&
         std::all_of(object.labels.begin(), object.labels.end(),
                     [](const std::string& label) { return label.rfind(kAutomaticName, 0) == 0; });
}

std::vector<std::string> NamesOfSearch(const std::vector<StoredObject>& objects) {
  std::vector<std::string> names;
  for (const StoredObject& object : objects)
    if (IsOfSearch(object)) names.push_back(object.name);
  return names;
}

}  // namespace

AutoResult SegmentAutomatically(const AutoRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(settings.automatic, "auto");
  RunFolder run = RunFolder::Open(request.run);
  const RunLock lock(request.run);
  const Scene scene = run.OpenScene(request.scene, lock, job);
  const NerfModel nerf = run.OpenNerf();
  const std::vector<int> train = SpreadViews(scene, scene.TrainViews(), settings.segment.max_views);
  const std::vector<int> searched = ViewsToSearch(scene, train, settings.automatic);
  const std::vector<int>& decoded_views = settings.automatic.extend ? train : searched;
  std::unique_ptr<Sam> sam = LoadSam(settings.encode.model, job);
  AutoResult result;

  Stopwatch watch;
  const std::unique_ptr<FeatureContainer> container =
      OpenFeatures(run.features(), scene, nerf, *sam, decoded_views, settings.encode, job);
  result.encode_seconds = watch.seconds();
  if (settings.encode.container == "cache") RecordEncoding(run, settings, decoded_views.size(), result.encode_seconds);

  watch = Stopwatch();
  std::vector<FoundMask> masks = SearchViews(searched, *container, *sam, settings.automatic.masks, job);
  result.num_searched_views = int(searched.size());
  result.num_masks = int(masks.size());
  result.search_seconds = watch.seconds();
  result.found = TieTogether({scene, nerf, *container, *sam, searched, decoded_views}, std::move(masks), settings, job);
  sam.reset();  // its memory is better used by the field

  watch = Stopwatch();
  EnsureWritableFolder(run.path());
  const ScratchPath log(run.path() / ".object_log.jsonl");
  const AutomaticField& found = result.found;
  StepLog step_log(job, log.path(), "object field");
  const ObjectModel field = TrainObjectModel(nerf, found.labelled, int(found.decoded.size()) + 1, settings.object,
                                             found.prior, job.With(step_log));
  // The earlier search is set aside as a whole, in the place of the one before it.
  ObjectsToStore objects{found.prompts, found.decoded, field, log.path(), nerf.Fingerprint()};
  objects.retired = NamesOfSearch(ListObjects(run));
  objects.forgotten = NamesOfSearch(ListSetAside(run));
  StoreResult store = StoreObjects(run, objects, job);
  const std::vector<StoredObject>& stored = store.objects;
  result.set_aside = store.set_aside;
  result.field_seconds = watch.seconds();
  run.SetStage("segment", "complete",
               result.search_seconds + found.associate_seconds + found.mask_seconds + result.field_seconds);
  run.Save();

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
            {"flush", result.found.left_out.num_flush},
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

}  // namespace sanerf
