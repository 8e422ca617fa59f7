#include "sanerf/nerf/training_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/nerf/field.h"

namespace sanerf::nerf {
namespace {

constexpr double kFloat = 4;
constexpr int kSmallestPhotos = 64;  // the largest nerf.downscale
constexpr double kMuch = 0.25;       // of the memory that there is: said without being asked

// Photos stay as bytes, 3 or 4 per pixel at the size that is trained on. Meanwhile each thread holds one photo as it is
// stored, as floats, and shrunk.
double PhotoBytes(const scene::Scene& scene, const NerfOptions& options, int num_threads) {
  const int downscale = std::max(1, options.downscale);
  const double channels = scene.has_alpha ? 4 : 3, shrink = double(downscale) * downscale;
  // What each pixel is: of a turntable's backdrop, of what is empty.
  const double marks = (options.turntable != Turntable::kOff ? 1 : 0) + (options.outside == Outside::kEmpty ? 1 : 0);
  double kept = 0, largest = 0;
  for (const int i : scene.TrainViews()) {
    const Camera& camera = scene.views[size_t(i)].camera;
    const double pixels = double(camera.width) * camera.height;
    kept += (channels + marks) * pixels / shrink;
    largest = std::max(largest, channels * pixels * (1 + kFloat + kFloat / shrink));
  }
  return kept + num_threads * largest;
}

// The table with its gradients and Adam's two moments; at the end the checkpoint's bytes and the model read from them.
double TableBytes(const nn::HashGridOptions& options) { return 6 * kFloat * double(nn::NumTableValues(options)); }

// Densities, bits and the cells asked next, of the training's grid and of the model read at the end.
double OccupancyBytes(const NerfOptions& o, double extent) {
  const double cascades = 1 + std::round(std::log2(std::max(1.0, extent)));
  return 10 * std::pow(double(o.occupancy_resolution), 3) * cascades;
}

// Of every sample of a step: position, gradient of the grid's outputs, density; a batch may exceed its aim by half. Of
// the samples that a thread has in hand, a group of 128 rays of about 100, all layers' activations with their
// gradients.
double BatchBytes(const NerfOptions& o, int num_threads) {
  constexpr double kSamplesOfGroup = 128 * 100;
  const double outputs = double(o.levels) * o.features;
  const double activations = outputs + double(o.density_width) * o.density_layers + RadianceField::kGeometry +
                             RadianceField::kColorInputs + double(o.color_width) * o.color_layers;
  return 1.5 * double(o.batch_samples) * kFloat * (3 + outputs + 2) +
         num_threads * kSamplesOfGroup * 2 * kFloat * activations;
}

}  // namespace

double TrainingBytes(const scene::Scene& scene, const NerfOptions& options, int num_threads) {
  return PhotoBytes(scene, options, num_threads) + TableBytes(GridOptionsOf(options, scene.extent > 1)) +
         OccupancyBytes(options, scene.extent) + BatchBytes(options, num_threads);
}

int DownscaleThatFits(const scene::Scene& scene, const NerfOptions& options, int num_threads, double bytes) {
  NerfOptions smaller = options;
  for (smaller.downscale = std::max(1, options.downscale); smaller.downscale <= kSmallestPhotos; ++smaller.downscale)
    if (TrainingBytes(scene, smaller, num_threads) <= bytes) return smaller.downscale;
  return 0;
}

void CheckTrainingMemory(const scene::Scene& scene, const NerfOptions& options, const MemoryRoom& room,
                         const Job& job) {
  const double bytes = TrainingBytes(scene, options, NumThreads());
  const int64_t num_photos = int64_t(scene.TrainViews().size());
  const std::string text = fmt::format("memory {} and the radiance field: about {:.2f} GB, {:.1f} GB {}",
                                       Counted(num_photos, "photo"), bytes / 1e9, double(room.bytes) / 1e9, room.of);
  bytes > kMuch* double(room.bytes) ? job.Info(text) : job.Detail(text);
  if (bytes <= double(room.bytes)) return;
  std::string hint = "take a smaller field: --set nerf.log2_table=17, --set nerf.occupancy_resolution=128";
  if (2 * PhotoBytes(scene, options, NumThreads()) > bytes) {
    const int fits = DownscaleThatFits(scene, options, NumThreads(), double(room.bytes));
    hint = fits > 0 ? fmt::format("train on smaller photos: --downscale {} fits", fits)
                    : "train on fewer photos, or with fewer --threads: no --downscale fits";
  }
  CheckMemory("the photos and the radiance field", bytes, hint, room);
}

void CheckTrainingMemory(const scene::Scene& scene, const NerfOptions& options, const Job& job) {
  CheckTrainingMemory(scene, options, AvailableMemory(), job);
}

}  // namespace sanerf::nerf
