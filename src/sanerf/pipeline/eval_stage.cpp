#include <fmt/format.h>

#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/log.h"
#include "sanerf/core/progress.h"
#include "sanerf/pipeline/layers.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/pipeline/stopwatch.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

// Ground truth by view: the scene's instance masks, or a folder of masks that are named as the views.
class GroundTruth {
 public:
  explicit GroundTruth(const fs::path& folder) {
    if (folder.empty()) return;
    from_folder_ = true;
    if (!fs::is_directory(folder)) throw UsageError("--masks " + folder.string(), "no such folder");
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files_[FlatName(fs::relative(entry.path(), folder).string())] = entry.path();
    }
  }

  // 0/255 at the view's size, none when there is no ground truth for this view. instance < 0: any value but 0.
  std::optional<ImageU8> MaskOf(const View& view, int instance) const {
    if (!from_folder_ && view.mask_path.empty()) return std::nullopt;
    if (!from_folder_) return Binary(LoadViewMask(view), instance);
    for (const std::string& name : {FlatName(view.name), FlatName(fs::path(view.name).filename().string())}) {
      const auto file = files_.find(name);
      if (file == files_.end()) continue;
      const ImageU8 mask = ReadImage(file->second);
      if (mask.width != view.camera.width || mask.height != view.camera.height) {
        throw Error(file->second.string(), fmt::format("the mask is {}x{} pixels, the photo {}x{}", mask.width,
                                                       mask.height, view.camera.width, view.camera.height));
      }
      return Binary(mask, instance);
    }
    return std::nullopt;
  }

  bool from_folder() const { return from_folder_; }

 private:
  static ImageU8 Binary(const ImageU8& image, int instance) {
    ImageU8 mask(image.width, image.height, 1);
    for (size_t i = 0; i < mask.data.size(); ++i) {
      const int value = image.data[i * size_t(image.channels)];
      mask.data[i] = (instance >= 0 ? value == instance : value != 0) ? 255 : 0;
    }
    return mask;
  }

  bool from_folder_ = false;
  std::map<std::string, fs::path> files_;
};

struct Candidate {
  StoredObject object;
  const ObjectModel* field = nullptr;
};

// Objects to score, each with its field; objects that share a field load it once.
class Candidates {
 public:
  Candidates(const RunFolder& run, const NerfModel& nerf, const EvalRequest& request) {
    for (StoredObject& object : Select(run, nerf, request)) {
      auto [field, is_new] = fields_.try_emplace(object.field_id);
      if (is_new) field->second = std::make_unique<ObjectModel>(ObjectModel::Load(object.checkpoint(), nerf));
      list_.push_back({std::move(object), field->second.get()});
    }
  }
  const std::vector<Candidate>& list() const { return list_; }
  const std::map<std::string, std::unique_ptr<ObjectModel>>& fields() const { return fields_; }

 private:
  static std::vector<StoredObject> Select(const RunFolder& run, const NerfModel& nerf, const EvalRequest& request) {
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

  std::map<std::string, std::unique_ptr<ObjectModel>> fields_;
  std::vector<Candidate> list_;
};

ViewQuality ScoreRender(const View& view, const NerfModel& nerf) {
  const ImageF photo = CompositeOver(LoadViewImage(view), nerf.background());
  const ImageF render = nerf.Render(view.camera).rgb;
  return {view.name, Psnr(render, photo), Ssim(render, photo)};
}

void ScoreObjects(const View& view, const Candidates& candidates, const GroundTruth& truth,
                  std::vector<ObjectScore>& scores) {
  std::vector<std::optional<ImageU8>> masks;
  bool any = false;
  for (const ObjectScore& score : scores) {
    masks.push_back(truth.MaskOf(view, score.instance));
    any = any || masks.back().has_value();
  }
  std::map<const ObjectModel*, SegmentedView> rendered;
  for (size_t i = 0; any && i < scores.size(); ++i) {
    const Candidate& candidate = candidates.list()[i];
    if (!masks[i]) {
      scores[i].unmatched.push_back(view.name);
      continue;
    }
    auto [segmented, is_new] = rendered.try_emplace(candidate.field);
    if (is_new) segmented->second = candidate.field->Render(view.camera);
    const ImageU8 mask = MaskOfLabel(segmented->second.labels, candidate.object.label);
    MaskScore in_view;
    in_view.Add(mask, *masks[i]);
    scores[i].score.Add(mask, *masks[i]);
    scores[i].views.emplace_back(view.name, in_view);
  }
  if (!any) {
    for (ObjectScore& score : scores) score.unmatched.push_back(view.name);
  }
}

std::vector<ObjectScore> NewScores(const Candidates& candidates, const GroundTruth& truth, const EvalRequest& request) {
  std::vector<ObjectScore> scores;
  for (const Candidate& candidate : candidates.list()) {
    ObjectScore score;
    score.name = candidate.object.name;
    score.instance = request.instance >= 0 ? request.instance : candidate.object.prompt.instance;
    if (truth.from_folder()) score.instance = request.instance;
    if (score.instance < 0 && !truth.from_folder()) {
      throw UsageError(fmt::format("object '{}' has no instance id", score.name),
                       "its masks in the ground truth are unknown", "say which: --instance ID");
    }
    scores.push_back(score);
  }
  return scores;
}

void ReportUnmatched(const EvalResult& result, size_t num_views) {
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

Json ObjectJson(const ObjectScore& object) {
  return {{"name", object.name},
          {"iou", object.score.Iou()},
          {"accuracy", object.score.Accuracy()},
          {"boundary_iou", object.score.BoundaryIou()},
          {"views", object.score.num_views}};
}

// metrics.json of the objects and of the run, with what the terminal does not show: every view.
void WriteMetrics(const RunFolder& run, const EvalResult& result) {
  for (const ObjectScore& object : result.objects) {
    Json json = ObjectJson(object);
    json["instance"] = object.instance;
    json["unmatched"] = object.unmatched;
    for (const auto& [view, score] : object.views) {
      json["per_view"].push_back({{"view", view}, {"iou", score.Iou()}, {"boundary_iou", score.BoundaryIou()}});
    }
    WriteJsonFile(run.objects() / object.name / "metrics.json", json);
  }
  Json json = ToJson(result);
  for (const ViewQuality& view : result.views)
    json["per_view"].push_back({{"view", view.view}, {"psnr", view.psnr}, {"ssim", view.ssim}});
  WriteJsonFile(run.metrics(), json);
}

template <class F>
double MeanOver(const EvalResult& result, F&& value) {
  double sum = 0;
  for (const ObjectScore& object : result.objects) sum += value(object.score);
  return result.objects.empty() ? 0 : sum / double(result.objects.size());
}

}  // namespace

EvalResult Evaluate(const EvalRequest& request) {
  if (request.object.empty() && (request.instance >= 0 || !request.masks.empty())) {
    throw UsageError("--instance and --masks need the object they belong to", "", "add --object NAME");
  }
  RunFolder run = RunFolder::Open(request.run);
  const Scene scene = run.OpenScene(request.scene);
  const std::vector<int> test = scene.TestViews();
  if (test.empty())
    throw Error("there is nothing to score on", "the scene has no test views", "train with --test-every 8");
  const GroundTruth truth(request.masks);
  const NerfModel nerf = run.OpenNerf();
  const Candidates candidates(run, nerf, request);

  const Stopwatch watch;
  EvalResult result;
  result.objects = NewScores(candidates, truth, request);
  Progress progress("eval", int64_t(test.size()), "views");
  for (const int view_idx : test) {
    StopIfInterrupted("evaluation");
    const View& view = scene.views[size_t(view_idx)];
    result.views.push_back(ScoreRender(view, nerf));
    ScoreObjects(view, candidates, truth, result.objects);
    result.psnr += result.views.back().psnr / double(test.size());
    result.ssim += result.views.back().ssim / double(test.size());
    progress.Update(int64_t(result.views.size()));
  }
  progress.Finish();
  result.seconds = watch.seconds();
  ReportUnmatched(result, test.size());
  WriteMetrics(run, result);
  return result;
}

double MeanIou(const EvalResult& result) {
  return MeanOver(result, [](const MaskScore& score) { return score.Iou(); });
}
double MeanAccuracy(const EvalResult& result) {
  return MeanOver(result, [](const MaskScore& score) { return score.Accuracy(); });
}

Json ToJson(const EvalResult& result) {
  Json json = {{"psnr", result.psnr}, {"ssim", result.ssim}, {"objects", Json::array()}};
  for (const ObjectScore& object : result.objects) json["objects"].push_back(ObjectJson(object));
  json["miou"] = result.objects.empty() ? Json() : Json(MeanIou(result));
  json["mean_accuracy"] = result.objects.empty() ? Json() : Json(MeanAccuracy(result));
  json["seconds"] = result.seconds;
  return json;
}

std::string ToTable(const EvalResult& result) {
  size_t width = 6;
  for (const ObjectScore& object : result.objects) width = std::max(width, object.name.size());
  std::string text = fmt::format("views  PSNR {:.2f} dB   SSIM {:.4f}   ({} held-out views)\n", result.psnr,
                                 result.ssim, result.views.size());
  if (result.objects.empty()) return text;
  text += fmt::format("\n{:<{}}  {:>7}  {:>8}  {:>12}  {:>5}\n", "object", width, "IoU", "accuracy", "boundary IoU",
                      "views");
  const auto row = [&](const std::string& name, double iou, double accuracy, double boundary,
                       const std::string& views) {
    text += fmt::format("{:<{}}  {:>6.2f}%  {:>7.2f}%  {:>11.2f}%  {:>5}\n", name, width, 100 * iou, 100 * accuracy,
                        100 * boundary, views);
  };
  for (const ObjectScore& object : result.objects) {
    row(object.name, object.score.Iou(), object.score.Accuracy(), object.score.BoundaryIou(),
        std::to_string(object.score.num_views));
  }
  if (result.objects.size() > 1) {
    row("mean", MeanIou(result), MeanAccuracy(result),
        MeanOver(result, [](const MaskScore& score) { return score.BoundaryIou(); }), "");
  }
  return text;
}

}  // namespace sanerf
