// The distilled feature field beside the cache: feature error on held-out views, maps per second, IoU of the masks that
// SAM decodes from either against ground truth.
//   field_masks RUN [--scene SCENE] --prompts FILE [--model NAME] [--set field.key=value]
// Works on the run folder: the held-out views' true maps and the field (RUN/features/field.ckpt) are made there and
// kept. Prints Markdown; the rows between tell apart what SAM 2's finer maps and the main one cost.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/eval/metrics.h"
#include "sanerf/feature_container/distil_features.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/feature_container/feature_field.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/view_mask_test_support.h"

namespace {

using namespace sanerf;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Some maps of one container, the others of another, the views of the first.
class Mixed : public feature_container::FeatureContainer {
 public:
  using Pick = std::function<bool(const models::Tensor&)>;
  Mixed(const feature_container::FeatureContainer& base, const feature_container::FeatureContainer& other,
        Pick from_other)
      : base_(base), other_(other), from_other_(std::move(from_other)) {}
  Camera WorkingCamera(int view) const override { return base_.WorkingCamera(view); }
  bool Has(int view) const override { return base_.Has(view) && other_.Has(view); }
  std::shared_ptr<const sam::SamFeatures> Features(int view, const Job&) const override {
    sam::SamFeatures features = *base_.Features(view, Job());
    const auto other = other_.Features(view, Job());
    for (size_t m = 0; m < features.maps.size(); ++m)
      if (from_other_(features.maps[m])) features.maps[m] = other->maps[m];
    return std::make_shared<const sam::SamFeatures>(std::move(features));
  }
  ImageF Depth(int view, const Job&) const override { return base_.Depth(view, Job()); }
  ImageF Opacity(int view, const Job&) const override { return base_.Opacity(view, Job()); }
  ImageF Rgb(int view, const Job&) const override { return base_.Rgb(view, Job()); }
  uint64_t ModelFingerprint() const override { return base_.ModelFingerprint(); }

 private:
  const feature_container::FeatureContainer &base_, &other_;
  Pick from_other_;
};

void PrintFeatureErrors(const feature_container::FeatureField& field, const feature_container::FeatureCache& truth,
                        const std::vector<int>& views) {
  const size_t num_maps = truth.Features(views[0], Job())->maps.size();
  std::vector<double> squared(num_maps, 0), spread(num_maps, 0), cosine(num_maps, 0), count(num_maps, 0),
      cells(num_maps, 0);
  for (const int view : views) {
    const auto rendered = field.Features(view, Job()), real = truth.Features(view, Job());
    for (size_t m = 0; m < num_maps; ++m) {
      const auto &a = rendered->maps[m].data, &b = real->maps[m].data;
      const size_t channels = size_t(real->maps[m].shape[1]), plane = b.size() / channels;
      for (size_t i = 0; i < plane; ++i) {
        double ab = 0, aa = 0, bb = 0;
        for (size_t k = i; k < b.size(); k += plane) {
          ab += double(a[k]) * b[k];
          aa += double(a[k]) * a[k];
          bb += double(b[k]) * b[k];
        }
        squared[m] += aa + bb - 2 * ab;
        spread[m] += bb;
        cosine[m] += ab / std::sqrt(std::max(1e-20, aa * bb));
      }
      count[m] += double(b.size());
      cells[m] += double(plane);
    }
  }
  fmt::print("\n| map | mean squared error | mean square | cosine |\n|---|---|---|---|\n");
  for (size_t m = 0; m < num_maps; ++m)
    fmt::print("| {} | {:.5f} | {:.5f} | {:.4f} |\n", truth.Features(views[0], Job())->maps[m].name,
               squared[m] / count[m], spread[m] / count[m], cosine[m] / cells[m]);
}

// Masks of the held-out views, prompts lifted in the clicked ones; a view without a mask counts as an empty one.
void PrintMasks(const std::string& name, const mask_decoder::Prompts& prompts, const scene::Scene& scene,
                const feature_container::FeatureContainer& container, sam::Sam& sam, const std::vector<int>& views) {
  std::string row = fmt::format("| {} |", name);
  double sum = 0, boundary = 0, seconds = 0;
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) {
    const auto start = Clock::now();
    const mask_decoder::DecodedObject decoded =
        mask_decoder::DecodeMasks(object, {scene, container, sam, scene.model_from_file, {}}, views, nullptr, Job());
    seconds += SecondsSince(start);
    eval::MaskScore score;
    int used = 0;
    for (const mask_decoder::ViewDecision& view : decoded.views) {
      ImageU8 truth = scene::LoadViewMask(scene.views[size_t(view.view_idx)]);
      for (uint8_t& id : truth.data) id = id == object.instance ? 255 : 0;
      used += view.used;
      score.Add(view.used ? ResizeNearest(view.mask, truth.width, truth.height) : ImageU8(truth.width, truth.height, 1),
                truth);
    }
    row += fmt::format(" {:.3f} ({}) |", score.Iou(), used);
    sum += score.Iou() / double(prompts.objects.size());
    boundary += score.BoundaryIou() / double(prompts.objects.size());
  }
  fmt::print("{} {:.3f} | {:.3f} | {:.1f} |\n", row, sum, boundary, seconds);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) try {
  std::string run_path, prompts_path, model = "sam2-hiera-tiny";
  std::vector<std::string> sets;
  CLI::App app("feature field beside feature cache");
  app.add_option("RUN", run_path)->required();
  app.add_option("--prompts", prompts_path)->required();
  app.add_option("--model", model);
  app.add_option("--set", sets)->allow_extra_args(false);
  std::string scene_path;
  app.add_option("--scene", scene_path);
  CLI11_PARSE(app, argc, argv);

  pipeline::Settings settings;
  for (const std::string& set : sets) pipeline::Assign(settings, set);
  settings.encode.model = model;
  run::RunFolder run = run::RunFolder::Open(run_path);
  const scene::Scene scene =
      scene_path.empty() ? run.OpenScene(std::nullopt, Job()) : scene::LoadScene(scene_path, {}, Job());
  const nerf::NerfModel nerf = run.OpenNerf();
  const mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(prompts_path);
  const std::unique_ptr<sam::Sam> sam = sam::LoadSam(model, Job());
  const std::vector<int> test = scene.TestViews();

  const feature_container::EncodeContext context{scene, nerf, *sam, settings.encode};
  const feature_container::DistilResult distilled =
      feature_container::DistilFeatures(run.features(), context, settings.field, Job());
  feature_container::EncodeViews(run.features(), context, test, Job());
  const auto field = feature_container::FeatureField::Open(run.features(), context, Job());
  const auto cache = feature_container::FeatureCache::Open(run.features(), scene, nerf);
  fmt::print("{} steps on {} views: {:.1f} s, error {:.5f}\n", settings.field.iters, distilled.num_views,
             distilled.seconds, distilled.loss);
  const auto start = Clock::now();
  const int repeats = 8;
  for (int i = 0; i < repeats; ++i) field->RenderFeatures(field->WorkingCamera(test[size_t(i) % test.size()]), Job());
  fmt::print("{:.2f} maps/s\n", repeats / SecondsSince(start));
  PrintFeatureErrors(*field, *cache, test);

  fmt::print("\n| maps |");
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) fmt::print(" {} |", object.name);
  fmt::print(" mean IoU | boundary IoU | seconds |\n|---|");
  for (size_t i = 0; i < prompts.objects.size() + 3; ++i) fmt::print("---|");
  fmt::print("\n");
  const auto is_finer = [](const models::Tensor& map) { return map.shape[2] > 64; };
  PrintMasks("cache", prompts, scene, *cache, *sam, test);
  if (cache->Features(test[0], Job())->maps.size() > 1) {
    PrintMasks("true, finer maps of the field", prompts, scene, Mixed(*cache, *field, is_finer), *sam, test);
    PrintMasks("field, true finer maps", prompts, scene, Mixed(*field, *cache, is_finer), *sam, test);
  }
  PrintMasks("field", prompts, scene, *field, *sam, test);
  return 0;
} catch (const sanerf::Error& error) {
  fmt::print(stderr, "error: {}\nhint: {}\n", error.what(), error.hint());
  return 1;
}
