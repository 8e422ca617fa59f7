#include "sanerf/mask_aggregator/label_vote.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

using kernels::kTile;

namespace {

int CellsPerAxis(const NerfModel& nerf, const VoteOptions& options) {
  return options.cells * (nerf.field().contracted() ? 2 : 1);
}

}  // namespace

LabelVote::LabelVote(const NerfModel& nerf, const std::vector<Camera>& cameras, const VoteOptions& options,
                     const Job& job)
    : views_(cameras.size()), labels_(cameras.size()), cells_(CellsPerAxis(nerf, options)) {
  Task task(job, "trace vote rays", int64_t(cameras.size()), "views");
  std::vector<std::vector<uint64_t>> keys(cameras.size());
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(cameras.size()), [&](int64_t v) {
    if (job.stop_requested()) return;
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
        const float* position = tracer.positions() + int64_t(slot / kTile) * 3 * kTile + slot % kTile;
        keys[size_t(v)].push_back(CellIndex::KeyOf(CellOf(position, kTile, cells_.cells_per_axis())));
      }
    });
    view.first.push_back(int64_t(view.weight.size()));
    task.Update(++done);
  });
  if (job.stop_requested())
    throw InterruptedError("tracing of the views interrupted", "nothing was written", "run the command again");

  std::vector<uint32_t> in_view;  // by cell number: its index in the view's own list
  for (size_t v = 0; v < views_.size(); ++v) {
    TracedView& view = views_[v];
    in_view.assign(in_view.size(), CellIndex::kNone);
    view.cell.reserve(keys[v].size());
    for (const uint64_t key : keys[v]) {
      const uint32_t number = cells_.Insert(key);
      if (number >= in_view.size()) in_view.resize(2 * number + 1, CellIndex::kNone);
      if (in_view[number] == CellIndex::kNone) {
        in_view[number] = uint32_t(view.cells.size());
        view.cells.push_back(number);
      }
      view.cell.push_back(in_view[number]);
    }
    keys[v] = {};
  }
}

template <class Votes>
void LabelVote::AddVotes(const TracedView& view, const ImageU8& labels, const Votes& votes) {
  for (size_t pixel = 0; pixel < labels.data.size(); ++pixel) {
    const uint8_t label = labels.data[pixel];
    if (label == kIgnoreLabel) continue;
    for (int64_t i = view.first[pixel]; i < view.first[pixel + 1]; ++i)
      votes(view.cell[size_t(i)], label, view.weight[size_t(i)]);
  }
}

void LabelVote::Count(const std::vector<ImageU8>& labels, int num_labels) {
  SANERF_CHECK_EQ(labels.size(), views_.size());
  num_labels_ = num_labels;
  votes_.assign(size_t(cells_.size()) * size_t(num_labels), 0);
  for (size_t v = 0; v < views_.size(); ++v) {
    const TracedView& view = views_[v];
    labels_[v] = labels[v].empty() ? ImageU8() : ResizeNearest(labels[v], view.width, view.height);
    AddVotes(view, labels_[v], [&](uint32_t cell, uint8_t label, float weight) {
      votes_[size_t(view.cells[cell]) * size_t(num_labels) + label] += weight;
    });
  }
}

ImageF LabelVote::OthersSay(int view_idx) const {
  const TracedView& view = views_[size_t(view_idx)];
  const size_t num_labels = size_t(num_labels_);
  // The votes of all in the cells that this view meets, its own taken out.
  std::vector<float> others(view.cells.size() * num_labels);
  for (size_t i = 0; i < view.cells.size(); ++i)
    std::copy_n(&votes_[size_t(view.cells[i]) * num_labels], num_labels, &others[i * num_labels]);
  AddVotes(view, labels_[size_t(view_idx)],
           [&](uint32_t cell, uint8_t label, float weight) { others[cell * num_labels + label] -= weight; });

  ImageF image(view.width, view.height, num_labels_ + 1);
  for (size_t pixel = 0; pixel + 1 < view.first.size(); ++pixel) {
    float* out = &image.data[pixel * (num_labels + 1)];
    float light = 0;
    for (int64_t i = view.first[pixel]; i < view.first[pixel + 1]; ++i) {
      const float* row = &others[view.cell[size_t(i)] * num_labels];
      const float weight = view.weight[size_t(i)];
      light += weight;
      float total = 0;
      for (size_t l = 0; l < num_labels; ++l) total += row[l];
      if (total < 1e-3f) continue;  // nobody else looked here; less is rounding
      for (size_t l = 0; l < num_labels; ++l) out[l] += weight * row[l] / total;
      out[num_labels] += weight;
    }
    for (size_t l = 0; l < num_labels && out[num_labels] > 0; ++l) out[l] /= out[num_labels];
    if (light > 0) out[num_labels] /= light;
  }
  return image;
}

std::shared_ptr<const LabelPrior> LabelVote::Prior() const {
  return std::make_shared<const LabelPrior>(cells_, num_labels_, votes_);
}

}  // namespace sanerf
