#include "sanerf/feature_container/distil_features.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/random.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/feature_container/field_file.h"
#include "sanerf/feature_container/field_trainer.h"
#include "sanerf/nn/training_loop.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::feature_container {

using scene::Scene;

namespace {

constexpr uint64_t kExtraStream = 0x657874;
constexpr int kRaysPerView = 64 * 64;  // kept of each view and head: all of SAM's map, a part of finer ones

// The scene as square cameras at the training views' places see it (paper, section B): other fields of view, no
// distortion.
Scene ExtraViews(const Scene& scene, const FeatureFieldOptions& options, int size) {
  Scene extra;
  extra.model_from_file = scene.model_from_file;
  const std::vector<int> train = scene.TrainViews();
  for (int i = 0; i < options.extra_views; ++i) {
    Random random(uint64_t(options.seed), kExtraStream, uint64_t(i));
    scene::View view;
    view.name = fmt::format("extra_{:04}.png", i);
    view.camera.width = view.camera.height = size;
    view.camera.world_from_cam =
        scene.views[size_t(train[random.NextBelow(uint32_t(train.size()))])].camera.world_from_cam;
    const double field_of_view = (50 + 20 * random.NextDouble()) * M_PI / 180;
    view.camera.fx = view.camera.fy = size / (2 * std::tan(field_of_view / 2));
    view.camera.cx = view.camera.cy = size / 2.0;
    extra.views.push_back(view);
  }
  return extra;
}

// Everything that is learned from, one encoded view at a time.
class ViewsToDistil {
 public:
  ViewsToDistil(const std::filesystem::path& folder, const EncodeContext& context, const FeatureFieldOptions& options,
                const Job& job)
      : train_(scene::ThinnedViews(context.scene.TrainViews(), options.max_views)) {
    EncodeViews(folder, context, train_, job);
    photos_ = FeatureCache::Open(folder, context.scene, context.nerf);
    if (options.extra_views == 0) return;
    EncodeOptions rendered = context.options;
    rendered.source = EncodedPicture::kRender;
    const Scene extra = ExtraViews(context.scene, options, rendered.size);
    const std::filesystem::path extra_folder = folder.parent_path() / "features_extra";
    std::vector<int> all;
    for (int i = 0; i < options.extra_views; ++i) all.push_back(i);
    EncodeViews(extra_folder, EncodeContext{extra, context.nerf, context.sam, rendered}, all, job);
    extra_ = FeatureCache::Open(extra_folder, extra, context.nerf);
    num_extra_ = options.extra_views;
  }

  int size() const { return int(train_.size()) + num_extra_; }
  std::shared_ptr<const sam::SamFeatures> Features(int i, const Job& job) const {
    return Container(i).Features(Index(i), job);
  }
  Camera WorkingCamera(int i) const { return Container(i).WorkingCamera(Index(i)); }

 private:
  bool IsExtra(int i) const { return i >= int(train_.size()); }
  const FeatureCache& Container(int i) const { return IsExtra(i) ? *extra_ : *photos_; }
  int Index(int i) const { return IsExtra(i) ? i - int(train_.size()) : train_[size_t(i)]; }

  std::vector<int> train_;
  std::unique_ptr<FeatureCache> photos_, extra_;
  int num_extra_ = 0;
};

void ThrowIfDistillingStopped(const std::filesystem::path& folder, const Job& job) {
  if (job.stop_requested())
    throw InterruptedError("the feature field was interrupted",
                           "encoded views are kept, nothing of the field was written", DistilHint(folder) + " again");
}

// Like the first view's rays, those of the others; half as much again while a list grows.
double TargetBytes(int64_t bytes_of_first, int num_views) { return 1.5 * double(bytes_of_first) * (num_views - 1); }

// Rays and targets of all views for every head, and the mean maps.
std::vector<FeatureTargets> CollectTargets(const ViewsToDistil& views, const nerf::NerfModel& nerf,
                                           const std::filesystem::path& folder, FieldContents* contents,
                                           const Job& job) {
  std::vector<FeatureTargets> targets(contents->heads.size());
  Task task(job, "trace features", views.size(), "views");
  for (int i = 0; i < views.size(); ++i) {
    ThrowIfDistillingStopped(folder, job);
    const auto features = views.Features(i, job);
    const Camera camera = views.WorkingCamera(i);
    for (size_t m = 0; m < contents->means.size(); ++m)
      for (size_t k = 0; k < contents->means[m].data.size(); ++k)
        contents->means[m].data[k] += features->maps[m].data[k] / float(views.size());
    ParallelFor(int64_t(targets.size()), [&](int64_t h) {
      const FeatureTargets of_view =
          TraceTargets(nerf, *contents->heads[size_t(h)],
                       {contents->FrameOf(camera.width, camera.height), camera.In(nerf.model_from_file()), *features},
                       {kRaysPerView, MixBits(uint64_t(contents->options.seed) ^ uint64_t(i))}, job);
      FeatureTargets& all = targets[size_t(h)];
      all.rays.Append(of_view.rays);
      all.values.insert(all.values.end(), of_view.values.begin(), of_view.values.end());
    });
    if (i == 0) {
      int64_t bytes = 0;
      for (const FeatureTargets& t : targets) bytes += t.Bytes();
      job.Info(fmt::format("The rays of {} take about {} of memory.", Counted(int64_t(views.size()), "view"),
                           FormatBytes(double(bytes) * views.size())));
      CheckMemory(fmt::format("the rays of {} for the feature field", Counted(int64_t(views.size()), "view")),
                  TargetBytes(bytes, views.size()), "learn from fewer of them: --set field.max_views=64", job);
    }
    task.Update(i + 1);
  }
  task.Finish();
  return targets;
}

// Returns the mean loss of the last hundredth of the steps.
double TrainHead(const std::string& title, int num_steps, const std::filesystem::path& folder, HeadTrainer* trainer,
                 const Job& job) {
  double sum = 0, loss = 0;
  int64_t count = 0;
  nn::TrainingLoop loop;
  loop.title = title;
  loop.end_step = num_steps;
  loop.report_every = std::max(1, num_steps / 100);
  loop.step = [&](int64_t) {
    sum += trainer->Step();
    ++count;
  };
  loop.report = [&](int64_t) {
    loss = sum / double(count);
    sum = double(count = 0);
    return nn::TrainingLoop::Report{{{"loss", loss}}, fmt::format("error {:.5f}", loss)};
  };
  loop.stopped = [&](int64_t) { ThrowIfDistillingStopped(folder, job); };
  loop.Run(job);
  return loss;
}

}  // namespace

DistilResult DistilFeatures(const std::filesystem::path& folder, const EncodeContext& context,
                            const FeatureFieldOptions& options, const Job& job) {
  CheckFeatureFieldOptions(options);
  if (std::error_code ignored; std::filesystem::exists(FeatureFieldPath(folder), ignored)) {
    try {
      const FieldContents old = ReadFeatureField(folder);
      const auto why = WhyDistil(old, context, options);
      if (!why) return {true, old.num_views, old.loss, 0};
      job.Info(fmt::format("Distilling again: {}.", *why));
    } catch (const Error& error) {
      job.Warn(fmt::format("distilling again: {}", error.what()));
    }
  }
  CheckMemory("the tables of the feature field", FeatureTableBytes(options),
              "take smaller ones: --set field.log2_table=15, --set field.features=4", job);
  job.Info("A feature field is a training of minutes; stopped, it starts over, and encoded views are kept.");
  const ViewsToDistil views(folder, context, options, job);
  FieldContents contents;
  contents.options = options;
  contents.encode = context.options;
  contents.model_fingerprint = context.sam.Fingerprint();
  contents.nerf_fingerprint = context.nerf.Fingerprint();
  const sam::SamFrame wide = context.sam.FrameOf(2, 1);
  contents.pads = wide.inner_height != wide.inner_width;
  contents.num_views = views.size();
  contents.shapes = ShapesOf(*views.Features(0, job));
  for (const MapShape& shape : contents.shapes)
    contents.means.push_back(
        {shape.name, {1, shape.channels, shape.side, shape.side}, std::vector<float>(size_t(shape.size()))});
  contents.heads = MakeHeads(options, contents.shapes);
  std::vector<FeatureTargets> targets = CollectTargets(views, context.nerf, folder, &contents, job);

  StepLog log(job, folder / "field.log.jsonl", "");
  const Job logged = job.With(log);
  const char* titles[] = {"feature field", "detail field"};
  DistilResult result{false, contents.num_views, 0, 0};
  for (size_t h = 0; h < targets.size(); ++h) {
    const auto start = std::chrono::steady_clock::now();
    HeadTrainer trainer(targets[h], contents.options, contents.heads[h].get());
    const double loss = TrainHead(titles[h], options.iters, folder, &trainer, logged);
    result.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (h == 0) contents.loss = loss;
    targets[h] = FeatureTargets();
  }
  WriteFeatureField(folder, contents);
  result.loss = contents.loss;
  return result;
}

}  // namespace sanerf::feature_container
