#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/log.h"
#include "sanerf/core/progress.h"
#include "sanerf/pipeline/ground_truth.h"
#include "sanerf/pipeline/methods.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/pipeline/stopwatch.h"

namespace sanerf {
namespace {

// Views are compared with each other at most at this size: their depths and masks are all in memory at once.
constexpr int kConsistencySize = 1024;

std::vector<StoredObject> ObjectsToScore(const RunFolder& run, const NerfModel& nerf, const EvalRequest& request) {
  if (!request.object.empty()) return {FindObject(run, request.object, nerf)};
  std::vector<StoredObject> selected;
  for (const StoredObject& object : ListObjects(run)) {
    if (object.prompt.instance < 0) continue;
    if (object.nerf_fingerprint == HexFingerprint(nerf.Fingerprint())) {
      selected.push_back(object);
    } else {
      LogWarning("object {} belongs to an earlier radiance field and is left out; segment it again", object.name);
    }
  }
  return selected;
}

std::vector<ObjectScore> NewScores(const std::vector<StoredObject>& objects, const GroundTruth& truth,
                                   const EvalRequest& request) {
  std::vector<ObjectScore> scores;
  for (const StoredObject& object : objects) {
    ObjectScore score;
    score.name = object.name;
    score.instance = request.instance >= 0 ? request.instance : object.prompt.instance;
    if (truth.from_folder()) score.instance = request.instance;
    if (score.instance < 0 && !truth.from_folder()) {
      throw UsageError(fmt::format("object '{}' has no instance id", score.name),
                       "its masks in the ground truth are unknown", "say which: --instance ID");
    }
    scores.push_back(score);
  }
  return scores;
}

// The held-out views, unless the folder of masks has none of them: NVOS names one target view, which may have been
// trained on.
std::vector<int> ScoredViews(const Scene& scene, const std::vector<int>& test, const GroundTruth& truth) {
  const auto has_truth = [&](int v) { return truth.Has(scene.views[size_t(v)]); };
  if (!truth.from_folder() || std::any_of(test.begin(), test.end(), has_truth)) return test;
  std::vector<int> scored = scene.TrainViews();
  scored.erase(std::remove_if(scored.begin(), scored.end(), std::not_fn(has_truth)), scored.end());
  if (scored.empty()) return test;
  LogWarning("the masks belong to no held-out view; {} training {} scored", scored.size(),
             scored.size() == 1 ? "view is" : "views are");
  return scored;
}

// Views as the radiance field shows them.
struct RenderedTestViews {
  std::vector<ViewQuality> quality;
  std::vector<DepthView> depths;  // what consistency is measured with
};

RenderedTestViews RenderTestViews(const Scene& scene, const NerfModel& nerf, const std::vector<int>& test) {
  RenderedTestViews rendered;
  Progress progress("eval", int64_t(test.size()), "views");
  for (const int view_idx : test) {
    StopIfInterrupted("evaluation");
    const View& view = scene.views[size_t(view_idx)];
    const ImageF photo = CompositeOver(LoadViewImage(view), nerf.background());
    RenderedView render = nerf.Render(view.camera);
    rendered.quality.push_back({view.name, Psnr(render.rgb, photo), Ssim(render.rgb, photo)});
    const Camera camera = view.camera.ResizedToLongest(kConsistencySize);
    const bool is_same = camera.width == view.camera.width && camera.height == view.camera.height;
    rendered.depths.push_back({camera, is_same ? std::move(render.depth) : nerf.Render(camera).depth});
    progress.Update(int64_t(rendered.quality.size()));
  }
  progress.Finish();
  return rendered;
}

// Scores of one view; masks[i] belongs to scores[i].
void AddView(const View& view, const std::vector<ImageU8>& masks, const GroundTruth& truth,
             std::vector<ObjectScore>& scores) {
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::optional<ImageU8> expected = truth.MaskOf(view, scores[i].instance);
    if (!expected) {
      scores[i].unmatched.push_back(view.name);
      continue;
    }
    MaskScore in_view;
    in_view.Add(masks[i], *expected);
    scores[i].score.Add(masks[i], *expected);
    scores[i].views.emplace_back(view.name, in_view);
  }
}

// scores: of no view yet.
MethodScores ScoreMethod(const Method& method, const MethodInput& input, const GroundTruth& truth,
                         const std::vector<DepthView>& depths, const std::vector<ObjectScore>& scores) {
  MethodScores result{method.name, scores, 0};
  if (scores.empty()) return result;
  Prompts prompts;
  for (const StoredObject& object : input.objects) prompts.objects.push_back(object.prompt);
  Stopwatch watch;
  const std::unique_ptr<Segmenter> segmenter = method.make(input);
  segmenter->Fit(prompts);
  result.seconds = watch.seconds();

  std::vector<std::vector<ImageU8>> all_masks;
  Progress progress("eval " + method.name, int64_t(input.views.size()), "views");
  for (const int view_idx : input.views) {
    StopIfInterrupted("evaluation");
    watch = Stopwatch();
    std::vector<ImageU8> masks = segmenter->MasksFor(view_idx);
    result.seconds += watch.seconds();
    AddView(input.scene.views[size_t(view_idx)], masks, truth, result.objects);
    const Camera& camera = depths[all_masks.size()].camera;
    for (ImageU8& mask : masks) {
      if (mask.width != camera.width || mask.height != camera.height)
        mask = ResizeNearest(mask, camera.width, camera.height);
    }
    all_masks.push_back(std::move(masks));
    progress.Update(int64_t(all_masks.size()));
  }
  progress.Finish();
  const std::vector<ConsistencyScore> consistency = ScoreConsistency(depths, all_masks);
  for (size_t i = 0; i < consistency.size(); ++i) result.objects[i].consistency = consistency[i];
  return result;
}

void ReportUnmatched(const EvalResult& result, size_t num_views, const GroundTruth& truth) {
  if (!truth.unmatched_files().empty()) {
    LogWarning("{} {} no view's name: {}", truth.unmatched_files().size(),
               truth.unmatched_files().size() == 1 ? "mask file has" : "mask files have",
               fmt::join(truth.unmatched_files(), ", "));
  }
  for (const ObjectScore& object : result.objects) {
    if (object.unmatched.empty()) continue;
    LogWarning("{}: ground truth matched {}/{} views; unmatched: {}", object.name, num_views - object.unmatched.size(),
               num_views, fmt::join(object.unmatched, ", "));
  }
  for (const ObjectScore& object : result.objects) {
    if (!object.views.empty()) continue;
    throw Error(fmt::format("object '{}' cannot be scored", object.name), "no test view has ground truth",
                "give a folder of masks: --masks DIR");
  }
}

}  // namespace

EvalResult Evaluate(const EvalRequest& request) {
  if (request.object.empty() && (request.instance >= 0 || !request.masks.empty())) {
    throw UsageError("--instance and --masks need the object they belong to", "", "add --object NAME");
  }
  std::vector<const Method*> baselines;
  for (const std::string& name : request.baselines) baselines.push_back(&FindMethod(name));
  RunFolder run = RunFolder::Open(request.run);
  const Scene scene = run.OpenScene(request.scene);
  const std::vector<int> test = scene.TestViews();
  if (test.empty())
    throw Error("there is nothing to score on", "the scene has no test views", "train with --test-every 8");
  const GroundTruth truth(request.masks, scene.views);
  const std::vector<int> scored = ScoredViews(scene, test, truth);
  const NerfModel nerf = run.OpenNerf();
  Settings settings;
  settings.Restore(run.options(), run.origins());
  const std::vector<StoredObject> objects = ObjectsToScore(run, nerf, request);
  const std::vector<ObjectScore> scores = NewScores(objects, truth, request);

  const Stopwatch watch;
  EvalResult result;
  RenderedTestViews rendered = RenderTestViews(scene, nerf, test);
  result.views = std::move(rendered.quality);
  for (const ViewQuality& view : result.views) {
    result.psnr += view.psnr / double(test.size());
    result.ssim += view.ssim / double(test.size());
  }
  if (scored != test) rendered.depths = RenderTestViews(scene, nerf, scored).depths;
  const MethodInput input{run, scene, nerf, settings, objects, scored};
  MethodScores own = ScoreMethod(FindMethod(kOwnMethod), input, truth, rendered.depths, scores);
  result.objects = std::move(own.objects);
  result.own_seconds = own.seconds;
  ReportUnmatched(result, scored.size(), truth);
  for (const Method* baseline : baselines)
    result.baselines.push_back(ScoreMethod(*baseline, input, truth, rendered.depths, scores));
  result.seconds = watch.seconds();
  WriteMetrics(run, result);
  return result;
}

}  // namespace sanerf
