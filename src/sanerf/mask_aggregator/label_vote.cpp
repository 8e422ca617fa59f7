#include "sanerf/mask_aggregator/label_vote.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/progress.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr int kKeyBits = 20;  // per axis

uint64_t CellKey(const float* position, int64_t cells) {
  uint64_t key = 0;
  for (int a = 0; a < 3; ++a) {
    const int64_t i = std::clamp(int64_t(position[a * kTile] * float(cells)), int64_t{0}, cells - 1);
    key = key << kKeyBits | uint64_t(i);
  }
  return key;
}

}  // namespace

LabelVote::LabelVote(const NerfModel& nerf, const std::vector<Camera>& cameras, const VoteOptions& options)
    : views_(cameras.size()), labels_(cameras.size()) {
  const int64_t cells = int64_t(options.cells) * (nerf.field().contracted() ? 2 : 1);
  SANERF_CHECK(cells > 0 && cells < int64_t{1} << kKeyBits);
  Progress progress("trace vote rays", int64_t(cameras.size()), "views");
  std::vector<std::vector<uint64_t>> keys(cameras.size());
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(cameras.size()), [&](int64_t v) {
    if (InterruptRequested()) return;
    const Camera camera = cameras[size_t(v)].ResizedToLongest(options.size).In(nerf.model_from_file());
    TracedView& view = views_[size_t(v)];
    view.width = camera.width;
    view.height = camera.height;
    const std::vector<Ray> rays = RaysOf(camera, {0, 0, camera.width, camera.height});
    RayTracer tracer(nerf.field(), nerf.occupancy(), nerf.trace_options(), /*keep_waves=*/true);
    ForEachRaySamples(tracer, rays, [&](size_t, const std::vector<int>& slots) {
      view.first.push_back(int64_t(view.weight.size()));
      for (const int slot : slots) {
        view.weight.push_back(tracer.weights()[slot]);
        keys[size_t(v)].push_back(CellKey(tracer.positions() + int64_t(slot / kTile) * 3 * kTile + slot % kTile, cells));
      }
    });
    view.first.push_back(int64_t(view.weight.size()));
    progress.Update(++done);
  });
  if (InterruptRequested()) throw InterruptedError("tracing of the views interrupted", "nothing was written", "run the command again");

  std::unordered_map<uint64_t, uint32_t> numbers;
  for (size_t v = 0; v < views_.size(); ++v) {
    views_[v].cell.reserve(keys[v].size());
    for (const uint64_t key : keys[v])
      views_[v].cell.push_back(numbers.try_emplace(key, uint32_t(numbers.size())).first->second);
  }
  num_cells_ = uint32_t(numbers.size());
}

void LabelVote::AddVotes(const TracedView& view, const ImageU8& labels, std::vector<float>* votes) const {
  if (labels.empty()) return;
  for (size_t pixel = 0; pixel < labels.data.size(); ++pixel) {
    const uint8_t label = labels.data[pixel];
    if (label == kIgnoreLabel) continue;
    for (int64_t i = view.first[pixel]; i < view.first[pixel + 1]; ++i)
      (*votes)[size_t(view.cell[size_t(i)]) * size_t(num_labels_) + label] += view.weight[size_t(i)];
  }
}

void LabelVote::Count(const std::vector<ImageU8>& labels, int num_labels) {
  SANERF_CHECK_EQ(labels.size(), views_.size());
  num_labels_ = num_labels;
  votes_.assign(size_t(num_cells_) * size_t(num_labels), 0);
  for (size_t v = 0; v < views_.size(); ++v) {
    labels_[v] = labels[v].empty() ? ImageU8() : ResizeNearest(labels[v], views_[v].width, views_[v].height);
    AddVotes(views_[v], labels_[v], &votes_);
  }
}

ImageF LabelVote::OthersSay(int view_idx) const {
  const TracedView& view = views_[size_t(view_idx)];
  const size_t num_labels = size_t(num_labels_);
  std::vector<float> own(votes_.size(), 0);
  AddVotes(view, labels_[size_t(view_idx)], &own);
  ImageF image(view.width, view.height, num_labels_ + 1);
  for (size_t pixel = 0; pixel + 1 < view.first.size(); ++pixel) {
    float* out = &image.data[pixel * (num_labels + 1)];
    float light = 0;
    for (int64_t i = view.first[pixel]; i < view.first[pixel + 1]; ++i) {
      const size_t row = size_t(view.cell[size_t(i)]) * num_labels;
      const float weight = view.weight[size_t(i)];
      light += weight;
      float total = 0;
      for (size_t l = 0; l < num_labels; ++l) total += votes_[row + l] - own[row + l];
      if (total < 1e-3f) continue;  // nobody else looked here; less is rounding
      for (size_t l = 0; l < num_labels; ++l) out[l] += weight * (votes_[row + l] - own[row + l]) / total;
      out[num_labels] += weight;
    }
    for (size_t l = 0; l < num_labels && out[num_labels] > 0; ++l) out[l] /= out[num_labels];
    if (light > 0) out[num_labels] /= light;
  }
  return image;
}

}  // namespace sanerf
