#include "sanerf/pipeline/segment_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/job.h"
#include "sanerf/core/log.h"
#include "sanerf/core/scratch_path.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/feature_container/feature_field.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/segment_memory.h"
#include "sanerf/segmentation/session.h"

namespace sanerf {
namespace {

std::set<int> ClickedViews(const Prompts& prompts, const Scene& scene) {
  std::set<int> views;
  for (const ObjectPrompt& object : prompts.objects) {
    CheckPlaces(object, scene);
    for (const ClickPrompt& click : object.clicks) views.insert(scene.FindView(click.view));
    for (const BoxPrompt& box : object.boxes) views.insert(scene.FindView(box.view));
  }
  return views;
}

void CheckPrompts(const Prompts& prompts) {
  if (prompts.objects.empty())
    throw UsageError("nothing to segment", "",
                     "give --click VIEW:X,Y, --point X,Y,Z, --box VIEW:X0,Y0,X1,Y1 or --prompts FILE");
  CheckObjectCount(prompts.objects.size());
  std::set<std::string> names;
  for (const ObjectPrompt& object : prompts.objects) {
    CheckObjectName(object.name);
    if (!names.insert(object.name).second) throw UsageError("two objects are named '" + object.name + "'");
    if (const auto why = WhyUnusable(object)) throw UsageError(*why, "", "add --click VIEW:X,Y on the object");
  }
}

// Of a field that the second prompts are added to.
size_t CountObjects(const Prompts& before, const Prompts& more) {
  std::set<std::string> names;
  for (const Prompts* prompts : {&before, &more})
    for (const ObjectPrompt& object : prompts->objects) names.insert(object.name);
  return names.size();
}

// The clicked views first: a click on nothing is told before minutes of encoding.
std::unique_ptr<FeatureContainer> EncodeFor(const Prompts& prompts, const RunFolder& run, const Scene& scene,
                                            const NerfModel& nerf, const Sam& sam, const std::set<int>& clicked,
                                            const std::vector<int>& views, const EncodeOptions& options) {
  const auto container = OpenFeatures(run.features(), scene, nerf, sam, {clicked.begin(), clicked.end()}, options);
  for (const ObjectPrompt& object : prompts.objects) LiftPrompts(object, scene, *container);
  return OpenFeatures(run.features(), scene, nerf, sam, views, options);
}

void DecodeAll(const Prompts& prompts, SegmentSession* session) {
  for (const ObjectPrompt& object : prompts.objects) {
    const std::vector<ViewDecision>& rows = session->Decode(object).views;
    LogInfo("masks  {}: {} of {} views have a mask", object.name,
            std::count_if(rows.begin(), rows.end(), [](const auto& v) { return v.used; }), rows.size());
  }
  session->Look();
}

int64_t ReportOverlaps(const std::vector<DecodedObject>& objects, const FeatureContainer& container) {
  const LabelledViews labelled = PaintLabelViews(objects, container);
  if (labelled.overlap_pixels > 0) {
    LogInfo("masks  {} pixels in {} views were claimed by several objects; the surer mask has them",
            labelled.overlap_pixels, labelled.overlap_views);
  }
  return labelled.overlap_pixels;
}

// Training views in which one of the objects has been looked at, besides `views`.
std::vector<int> WithViewsOf(const std::vector<DecodedObject>& objects, const std::vector<int>& views) {
  std::set<int> all(views.begin(), views.end());
  for (const DecodedObject& object : objects)
    for (const ViewDecision& view : object.views)
      if (view.outcome != Outcome::kNotAsked) all.insert(view.view_idx);
  return all.size() == views.size() ? views : std::vector<int>(all.begin(), all.end());
}

// The session's field, trained and stored with its objects.
StoreResult FitAndStore(const SegmentRequest& request, RunFolder& run, const NerfModel& nerf, SegmentSession* session) {
  EnsureWritableFolder(run.path());
  const ScratchPath log_path(run.path() / ".object_log.jsonl");
  {
    const Job job = Job().With(InterruptToken());
    StepLog log(job, log_path.path(), "object field");
    session->Fit(session->has_field() ? session->FurtherFit() : session->FirstFit(), job.With(log));
  }
  const ObjectModel field = session->Finish();
  ObjectsToStore objects{session->prompts(), session->objects(), field, log_path.path(), nerf.Fingerprint()};
  objects.goes_on = request.add || request.refit;
  objects.reports = request.reports;
  return StoreObjects(run, objects);
}

}  // namespace

SegmentResult Segment(const SegmentRequest& request, const Settings& settings) {
  const bool is_new = !request.add && !request.refit;
  if (is_new) CheckPrompts(request.prompts);
  RunFolder run = RunFolder::Open(request.run);
  const RunLock lock(request.run);
  const Scene scene = run.OpenScene(request.scene, lock);
  if (is_new) ClickedViews(request.prompts, scene);  // throws for a view that does not exist
  const NerfModel nerf = run.OpenNerf();
  std::optional<StoredField> before;
  Prompts prompts = request.prompts;
  if (!is_new) before = OpenField(run, nerf, scene, request.prompts);
  if (before && settings.encode.container == "cache") {  // a distilled field has a size of its own
    CheckMaskSizes(before->objects,
                   [&](int view_idx) { return WorkingCamera(scene.views[size_t(view_idx)], settings.encode.size); });
  }
  if (request.add) {
    prompts = Extended(before->prompts, request.prompts);
    CheckPrompts(prompts);
    CheckObjectCount(CountObjects(before->prompts, prompts));
  }
  if (request.refit) {
    prompts.objects.clear();  // nothing is decoded
    before->field.reset();
  }
  const std::set<int> clicked = ClickedViews(prompts, scene);
  const std::vector<int> asked = ThinnedViews(scene.TrainViews(), settings.segment.max_views, clicked);
  const std::vector<int> views = before ? WithViewsOf(before->objects, asked) : asked;
  const size_t num_objects = before ? CountObjects(before->prompts, prompts) : prompts.objects.size();
  CheckSegmentMemory(LoadOf(int64_t(num_objects), scene, views, settings.encode.size), settings.object,
                     nerf.field().contracted());
  const std::unique_ptr<Sam> sam = LoadSam(settings.encode.model);
  SegmentResult result;

  const Stopwatch encode_watch;
  const std::unique_ptr<FeatureContainer> container =
      EncodeFor(prompts, run, scene, nerf, *sam, clicked, views, settings.encode);
  result.encode_seconds = encode_watch.seconds();
  if (settings.encode.container == "cache") RecordEncoding(run, settings, views.size(), result.encode_seconds);

  const Stopwatch mask_watch;
  SegmentSession session(scene, nerf, *container, *sam, views, settings);
  session.AskOnlyIn(asked);
  if (before) session.StartFrom(before->prompts, std::move(before->objects), before->field ? &*before->field : nullptr);
  DecodeAll(prompts, &session);
  result.overlap_pixels = ReportOverlaps(session.objects(), *container);
  result.mask_seconds = mask_watch.seconds();

  const Stopwatch field_watch;
  StoreResult stored = FitAndStore(request, run, nerf, &session);
  result.objects = std::move(stored.objects);
  result.set_aside = std::move(stored.set_aside);
  result.field_seconds = field_watch.seconds();
  run.SetStage("segment", "complete", result.mask_seconds + result.field_seconds);
  run.Save();
  return result;
}

}  // namespace sanerf
