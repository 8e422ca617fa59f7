#include "sanerf/pipeline/auto_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <limits>
#include <numeric>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/log.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/progress.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_decoder/flush.h"
#include "sanerf/mask_decoder/found_object.h"
#include "sanerf/pipeline/label_views.h"
#include "sanerf/pipeline/open_features.h"
#include "sanerf/pipeline/repeat_looks.h"
#include "sanerf/pipeline/scratch_path.h"
#include "sanerf/pipeline/stopwatch.h"
#include "sanerf/sam/automatic_masks.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr char kName[] = "object_";

void CheckOptions(const AutoOptions& options) {
  if (options.max_objects < 1 || options.max_objects >= kIgnoreLabel)
    throw UsageError(fmt::format("auto.max_objects={}", options.max_objects), "expected 1 to 254",
                     "a label image has one byte per pixel");
  if (options.views < 0 || options.views == 1)
    throw UsageError(fmt::format("auto.views={}", options.views), "expected 0 (all) or at least 2");
  if (options.points < 1 || options.points > 100)
    throw UsageError(fmt::format("auto.points={}", options.points), "expected 1 to 100");
  CheckOptions(options.masks);
  CheckOptions(options.associate);
}

// `count` of the views whose cameras are spread widest: each next one is the farthest from those before. 0 = all.
std::vector<int> SpreadViews(const Scene& scene, const std::vector<int>& views, int count) {
  if (count <= 0 || count >= int(views.size())) return views;
  std::vector<double> distance(views.size(), std::numeric_limits<double>::infinity());
  std::vector<int> chosen;
  size_t next = 0;
  while (int(chosen.size()) < count) {
    chosen.push_back(views[next]);
    const Vec3 center = scene.views[size_t(views[next])].camera.center();
    for (size_t i = 0; i < views.size(); ++i)
      distance[i] = std::min(distance[i], (scene.views[size_t(views[i])].camera.center() - center).norm());
    distance[next] = -1;
    next = size_t(std::max_element(distance.begin(), distance.end()) - distance.begin());
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

// Several views at a time; the masks come in the order of the views.
std::vector<FoundMask> SearchViews(const std::vector<int>& views, const FeatureContainer& container, const Sam& sam,
                                   const AutomaticMaskOptions& options) {
  std::vector<std::vector<FoundMask>> found(views.size());
  std::atomic<int64_t> num_points = 0;
  std::atomic<size_t> num_masks = 0;
  WorkerPool<Sam> predictors;
  Progress progress("search", int64_t(views.size()) * options.grid * options.grid, "points");
  ParallelForChunks(int64_t(views.size()), 1, [&](int64_t i, int64_t) {
    const auto predictor = predictors.Take([&] { return sam.Share(); });
    const Camera camera = container.WorkingCamera(views[size_t(i)]);
    const ImageF depth = container.Depth(views[size_t(i)]);
    predictor->SetFeatures(container.Features(views[size_t(i)]));
    const auto on_point = [&](int) { progress.Update(++num_points, fmt::format("{} masks", num_masks.load())); };
    for (AutomaticMask& mask : GenerateMasks(*predictor, camera.width, camera.height, options, on_point)) {
      const bool is_flush = LiesFlush(mask.mask, depth);
      found[size_t(i)].push_back({views[size_t(i)], std::move(mask.mask), mask.predicted_iou, mask.candidate, is_flush});
    }
    num_masks += found[size_t(i)].size();
  });
  std::vector<FoundMask> all;
  for (std::vector<FoundMask>& masks : found) std::move(masks.begin(), masks.end(), std::back_inserter(all));
  progress.Finish(fmt::format("{} masks in {} views", all.size(), views.size()));
  return all;
}

// The objects on which the views agree best, at most `count`, in their old order.
int DropBeyond(int count, std::vector<FoundObject>* objects) {
  const int num_beyond = std::max(0, int(objects->size()) - count);
  for (int i = 0; i < num_beyond; ++i)
    objects->erase(std::min_element(objects->begin(), objects->end(),
                                    [](const auto& a, const auto& b) { return a.agreement < b.agreement; }));
  return num_beyond;
}

// Gives a pixel that several objects claim to the smallest of them: an object on another one, not the support below.
void SeparateMasks(std::vector<DecodedObject>* decoded) {
  for (size_t view = 0; view < decoded->at(0).views.size(); ++view) {
    std::vector<ViewDecision*> claims;
    for (DecodedObject& object : *decoded)
      if (object.views[view].used) claims.push_back(&object.views[view]);
    std::stable_sort(claims.begin(), claims.end(), [](const auto* a, const auto* b) { return a->area < b->area; });
    std::vector<bool> is_taken(claims.empty() ? 0 : claims[0]->mask.data.size(), false);
    for (ViewDecision* claim : claims)
      for (size_t i = 0; i < is_taken.size(); ++i) {
        if (claim->mask.data[i] == 0) continue;
        if (is_taken[i]) claim->mask.data[i] = 0;
        is_taken[i] = true;
      }
  }
}

// One search at a time; the members are what every step needs.
class Search {
 public:
  Search(const Scene& scene, const NerfModel& nerf, const FeatureContainer& container, Sam& sam,
         const Settings& settings)
      : scene_(scene), nerf_(nerf), container_(container), sam_(sam), settings_(settings) {}

  // Views to objects, each with points on it; prompts()[i] belongs to objects()[i].
  void Find(const std::vector<int>& views, AutoResult* result) {
    const AutoOptions& options = settings_.automatic;
    const Stopwatch search_watch;
    result->num_searched_views = int(views.size());
    masks_ = SearchViews(views, container_, sam_, options.masks);
    result->num_masks = int(masks_.size());
    result->search_seconds = search_watch.seconds();

    const Stopwatch watch;
    const DepthTolerance tolerance{settings_.masks.depth_tolerance / nerf_.model_from_file().scale,
                                   settings_.masks.relative_depth_tolerance};
    result->left_out = AssociateMasks(masks_, MaskOverlaps(masks_, container_, tolerance, options.associate.step),
                                      options.associate);
    objects_ = std::move(result->left_out.objects);
    result->num_beyond_limit = DropBeyond(options.max_objects, &objects_);
    std::vector<FoundObject> with_points;
    for (const FoundObject& object : objects_) {
      const std::string name = fmt::format("{}{:02}", kName, with_points.size() + 1);
      ObjectPrompt prompt = PromptOf(object, masks_, name, container_, tolerance, options.points);
      if (prompt.points.empty()) continue;
      prompts_.objects.push_back(std::move(prompt));
      with_points.push_back(object);
    }
    result->num_without_point = int(objects_.size() - with_points.size());
    objects_ = std::move(with_points);
    result->associate_seconds = watch.seconds();
    if (objects_.empty()) FailWithoutObjects(*result);
  }

  std::vector<DecodedObject> Decode(const std::vector<int>& views) const {
    std::vector<DecodedObject> decoded;
    for (size_t i = 0; i < objects_.size(); ++i)
      decoded.push_back(DecodeFound(prompts_.objects[i], objects_[i], masks_, scene_, container_, sam_, views,
                                    nerf_.model_from_file(), settings_.masks));
    SeparateMasks(&decoded);
    return decoded;
  }

  // Second looks at all of them; `vote` is of these views.
  void Look(const std::vector<int>& views, LabelVote* vote, std::vector<DecodedObject>* decoded) const {
    Settings look_settings;  // automatic segmentation has its own number of looks
    look_settings.Restore(settings_.ToJson(), Json::object());
    look_settings.segment.looks = settings_.automatic.looks;
    std::vector<size_t> all(decoded->size());
    std::iota(all.begin(), all.end(), size_t{0});
    RepeatLooks({prompts_, all, views, /*by_voted_place=*/true}, scene_, nerf_.model_from_file(), container_, sam_, look_settings, vote, decoded);
    SeparateMasks(decoded);
  }

  const std::vector<FoundObject>& objects() const { return objects_; }
  const Prompts& prompts() const { return prompts_; }

 private:
  [[noreturn]] static void FailWithoutObjects(const AutoResult& result) {
    throw Error("no object was found",
                fmt::format("of {} masks in {} views none is seen alike in enough views ({} groups in too few views, {} "
                            "without agreement, {} background)",
                            result.num_masks, result.num_searched_views, result.left_out.num_rare,
                            result.left_out.num_unstable, result.left_out.num_background),
                "search more views or more points: --set auto.views=0 --set auto.grid=24");
  }

  const Scene& scene_;
  const NerfModel& nerf_;
  const FeatureContainer& container_;
  Sam& sam_;
  const Settings& settings_;
  std::vector<FoundMask> masks_;
  std::vector<FoundObject> objects_;
  Prompts prompts_;
};

// Objects of an earlier search that this one did not replace: their fields hold nothing but numbered objects.
void RemoveEarlierSearch(const RunFolder& run, const std::string& field_id) {
  for (const StoredObject& object : ListObjects(run)) {
    const bool is_numbered = std::all_of(object.labels.begin(), object.labels.end(),
                                         [](const std::string& label) { return label.rfind(kName, 0) == 0; });
    if (object.field_id != field_id && object.labels.size() > 1 && is_numbered) fs::remove_all(object.folder);
  }
}

}  // namespace

AutoResult SegmentAutomatically(const AutoRequest& request, const Settings& settings) {
  CheckOptions(settings.automatic);
  RunFolder run = RunFolder::Open(request.run);
  const RunLock lock(request.run);
  const Scene scene = run.OpenScene(request.scene);
  const NerfModel nerf = run.OpenNerf();
  const std::vector<int> train = SpreadViews(scene, scene.TrainViews(), settings.segment.max_views);
  const std::vector<int> searched = SpreadViews(scene, train, settings.automatic.views);
  const std::vector<int>& decoded_views = settings.automatic.extend ? train : searched;
  std::unique_ptr<Sam> sam = Sam::Load(settings.encode.model);
  AutoResult result;

  const Stopwatch encode_watch;
  const std::unique_ptr<FeatureContainer> container =
      OpenFeatures(run.features(), scene, nerf, *sam, decoded_views, settings.encode);
  result.encode_seconds = encode_watch.seconds();
  if (settings.encode.container == "cache") RecordEncoding(run, settings, decoded_views.size(), result.encode_seconds);

  Search search(scene, nerf, *container, *sam, settings);
  search.Find(searched, &result);
  LogInfo("found  {} objects from {} masks in {} views", search.objects().size(), result.num_masks,
          result.num_searched_views);
  const Stopwatch mask_watch;
  std::vector<DecodedObject> decoded = search.Decode(decoded_views);
  const int num_labels = int(decoded.size()) + 1;
  std::vector<LabelView> labelled;
  std::vector<Camera> cameras;
  for (const int view : decoded_views) cameras.push_back(container->WorkingCamera(view));
  LabelVote vote(nerf, cameras, {});
  search.Look(decoded_views, &vote, &decoded);
  sam.reset();  // its memory is better used by the field
  std::vector<ImageU8> labels = LabelsByVotedPlace(decoded, decoded_views, *container, &vote);
  vote.Count(labels, num_labels);
  for (size_t i = 0; i < labels.size(); ++i) labelled.push_back({cameras[i], std::move(labels[i])});
  result.mask_seconds = mask_watch.seconds();

  const Stopwatch field_watch;
  EnsureWritableFolder(run.objects());
  const ScratchPath log(run.objects() / ".log.jsonl");
  const ObjectModel field = TrainObjectModel(nerf, labelled, num_labels, settings.object, log.path(), vote.Prior());
  const std::vector<StoredObject> stored =
      StoreObjects(run, {search.prompts(), decoded, field, log.path(), nerf.Fingerprint()});
  RemoveEarlierSearch(run, stored[0].field_id);
  result.field_seconds = field_watch.seconds();
  run.SetStage("segment", "complete", result.search_seconds + result.associate_seconds + result.mask_seconds +
                                          result.field_seconds);
  run.Save();

  for (size_t i = 0; i < stored.size(); ++i) {
    const FoundObject& object = search.objects()[i];
    result.objects.push_back({stored[i], int(object.masks.size()), object.agreement, object.size});
  }
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
          {"searched_views", result.num_searched_views},
          {"masks", result.num_masks},
          {"left_out",
           {{"too_few_views", result.left_out.num_rare},
            {"no_agreement", result.left_out.num_unstable},
            {"background", result.left_out.num_background},
            {"flush", result.left_out.num_flush},
            {"texture", result.left_out.num_texture},
            {"other_levels", result.left_out.num_other_levels},
            {"beyond_limit", result.num_beyond_limit},
            {"no_certain_point", result.num_without_point}}},
          {"seconds",
           {{"encode", result.encode_seconds},
            {"search", result.search_seconds},
            {"associate", result.associate_seconds},
            {"masks", result.mask_seconds},
            {"field", result.field_seconds}}},
          {"peak_rss_mib", double(result.peak_rss_bytes) / (1 << 20)}};
}

std::string ToTable(const AutoResult& result) {
  std::string text = fmt::format("{:<12}  {:>15}  {:>14}  {:>11}  {:>9}\n", "object", "share of a view", "found in views",
                                 "masks used", "agreement");
  for (const AutoObject& object : result.objects) {
    text += fmt::format("{:<12}  {:>14.2f}%  {:>14}  {:>11}  {:>8.1f}%\n", object.stored.name, 100 * object.share,
                        fmt::format("{}/{}", object.views_found, result.num_searched_views),
                        fmt::format("{}/{}", object.stored.views_used, object.stored.views_total),
                        100 * object.agreement);
  }
  return text;
}

}  // namespace sanerf
