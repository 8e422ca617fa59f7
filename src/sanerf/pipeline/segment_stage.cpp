#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/log.h"
#include "sanerf/pipeline/label_views.h"
#include "sanerf/pipeline/repeat_looks.h"
#include "sanerf/pipeline/scratch_path.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/pipeline/stopwatch.h"
#include "sanerf/sam/sam.h"

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

// At most max_views training views: the clicked ones, then evenly spread others.
std::vector<int> ChooseViews(const Scene& scene, const std::set<int>& clicked, int max_views) {
  const std::vector<int> train = scene.TrainViews();
  if (max_views <= 0 || int(train.size()) <= max_views) return train;
  std::set<int> chosen;
  for (const int view : train) {
    if (clicked.count(view) != 0) chosen.insert(view);
  }
  const int wanted = std::max(max_views, int(chosen.size()));
  for (int num_even = wanted - int(chosen.size()); int(chosen.size()) < wanted; ++num_even) {
    for (int i = 0; i < num_even && int(chosen.size()) < wanted; ++i)
      chosen.insert(train[size_t(i) * train.size() / size_t(num_even)]);
  }
  return {chosen.begin(), chosen.end()};
}

void CheckPrompts(const Prompts& prompts) {
  if (prompts.objects.empty())
    throw UsageError("nothing to segment", "",
                     "give --click VIEW:X,Y, --point X,Y,Z, --box VIEW:X0,Y0,X1,Y1 or --prompts FILE");
  std::set<std::string> names;
  for (const ObjectPrompt& object : prompts.objects) {
    CheckObjectName(object.name);
    if (!names.insert(object.name).second) throw UsageError("two objects are named '" + object.name + "'");
    if (const auto why = WhyUnusable(object)) throw UsageError(*why, "", "add --click VIEW:X,Y on the object");
  }
}

std::vector<DecodedObject> Decode(const SegmentRequest& request, const Scene& scene, const FeatureCache& cache,
                                  Sam& sam, const std::vector<int>& views, const Similarity& model_from_file,
                                  const MaskDecoderOptions& options) {
  std::vector<DecodedObject> decoded;
  for (const ObjectPrompt& object : request.prompts.objects) {
    decoded.push_back(DecodeMasks(object, scene, cache, sam, views, model_from_file, options));
    const auto& rows = decoded.back().views;
    LogInfo("masks  {}: {} of {} views have a mask", object.name,
            std::count_if(rows.begin(), rows.end(), [](const auto& v) { return v.used; }), rows.size());
  }
  return decoded;
}

void ReportOverlaps(const LabelledViews& labelled) {
  if (labelled.overlap_pixels == 0) return;
  LogInfo("masks  {} pixels in {} views were claimed by several objects; the surer mask has them",
          labelled.overlap_pixels, labelled.overlap_views);
}

}  // namespace

void RecordEncoding(RunFolder& run, const Settings& settings, size_t num_views, double seconds) {
  const bool is_same = run.options().value("encode", Json()) == settings.ToJson().at("encode");
  run.SetOptions(settings);
  run.SetStage("encode", "complete", (is_same ? run.StageSeconds("encode") : 0) + seconds,
               {{"model", settings.encode.model}, {"source", settings.encode.source}, {"views", num_views}});
  run.Save();
}

EncodeResult Encode(const EncodeRequest& request, const Settings& settings) {
  RunFolder run = RunFolder::Open(request.run);
  const RunLock lock(request.run);
  const Scene scene = run.OpenScene(request.scene);
  const NerfModel nerf = run.OpenNerf();
  const Stopwatch watch;
  const std::vector<int> views = scene.TrainViews();
  EncodeViews(run.features(), scene, nerf, *Sam::Load(settings.encode.model), views, settings.encode);
  const EncodeResult result{run.features(), int(views.size()), watch.seconds()};
  RecordEncoding(run, settings, views.size(), result.seconds);
  return result;
}

SegmentResult Segment(const SegmentRequest& request, const Settings& settings) {
  CheckPrompts(request.prompts);
  RunFolder run = RunFolder::Open(request.run);
  const RunLock lock(request.run);
  const Scene scene = run.OpenScene(request.scene);
  const std::set<int> clicked = ClickedViews(request.prompts, scene);
  const std::vector<int> views = ChooseViews(scene, clicked, settings.segment.max_views);
  const NerfModel nerf = run.OpenNerf();
  std::unique_ptr<Sam> sam = Sam::Load(settings.encode.model);
  SegmentResult result;

  // The clicked views first: a click on nothing is told before minutes of encoding.
  Stopwatch encode_watch;
  EncodeViews(run.features(), scene, nerf, *sam, {clicked.begin(), clicked.end()}, settings.encode);
  std::unique_ptr<FeatureCache> cache = FeatureCache::Open(run.features(), scene, nerf);
  for (const ObjectPrompt& object : request.prompts.objects) LiftPrompts(object, scene, *cache);
  EncodeViews(run.features(), scene, nerf, *sam, views, settings.encode);
  cache = FeatureCache::Open(run.features(), scene, nerf);
  result.encode_seconds = encode_watch.seconds();
  RecordEncoding(run, settings, views.size(), result.encode_seconds);

  const Stopwatch mask_watch;
  std::vector<DecodedObject> decoded =
      Decode(request, scene, *cache, *sam, views, nerf.model_from_file(), settings.masks);
  RepeatLooks(request.prompts, scene, nerf, *cache, *sam, settings, &decoded);
  sam.reset();  // its memory is better used by the field
  const LabelledViews labelled = BuildLabelViews(decoded, *cache);
  ReportOverlaps(labelled);
  result.overlap_pixels = labelled.overlap_pixels;
  result.mask_seconds = mask_watch.seconds();

  const Stopwatch field_watch;
  EnsureWritableFolder(run.objects());
  const ScratchPath log(run.objects() / ".log.jsonl");
  const ObjectModel field =
      TrainObjectModel(nerf, labelled.views, int(decoded.size()) + 1, settings.object, log.path());
  result.objects = StoreObjects(run, {request.prompts, decoded, field, log.path(), nerf.Fingerprint()});
  result.field_seconds = field_watch.seconds();
  run.SetStage("segment", "complete", result.mask_seconds + result.field_seconds);
  run.Save();
  return result;
}

}  // namespace sanerf
