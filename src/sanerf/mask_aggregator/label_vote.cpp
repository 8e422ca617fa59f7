#include "sanerf/mask_aggregator/label_vote.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {

namespace {

int CellsPerAxis(const nerf::NerfModel& nerf, const VoteOptions& options) {
  return options.cells * (nerf.contracted() ? 2 : 1);
}

}  // namespace

LabelVote::LabelVote(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, const VoteOptions& options,
                     const Job& job)
    : labels_(cameras.size()), cells_(CellsPerAxis(nerf, options)) {
  Task task(job, "trace vote rays", int64_t(cameras.size()), "views");
  for (const Camera& of_view : cameras) {
    const Camera camera = of_view.ResizedToLongest(options.size).In(nerf.model_from_file());
    const std::vector<nerf::Ray> rays = nerf::RaysOf(camera, {0, 0, camera.width, camera.height});
    views_.push_back(CellsOf(nerf::Trace(nerf, rays, {}, job), camera.width, camera.height));
    task.Update(int64_t(views_.size()));
  }
  task.Finish();
}

LabelVote::ViewCells LabelVote::CellsOf(const nerf::TracedRays& rays, int width, int height) {
  ViewCells view{width, height, rays.first, {}, rays.weight, {}};
  view.cell.reserve(rays.unit.size());
  std::vector<uint32_t> in_view(cells_.size(), CellIndex::kNone);  // by cell number: its index in the view's own list
  for (const auto& position : rays.unit) {
    const uint32_t number = cells_.Insert(CellOf(position.data(), cells_.cells_per_axis()));
    if (number >= in_view.size()) in_view.resize(2 * number + 1, CellIndex::kNone);
    if (in_view[number] == CellIndex::kNone) {
      in_view[number] = uint32_t(view.cells.size());
      view.cells.push_back(number);
    }
    view.cell.push_back(in_view[number]);
  }
  return view;
}

template <class Votes>
void LabelVote::AddVotes(const ViewCells& view, const ImageU8& labels, const ViewTrust* trust, const Votes& votes) {
  for (size_t pixel = 0; pixel < labels.data.size(); ++pixel) {
    const uint8_t label = labels.data[pixel];
    if (label == kIgnoreLabel) continue;
    float weight = 1;
    if (trust != nullptr) {
      const int x = int(pixel) % labels.width, y = int(pixel) / labels.width;
      weight = trust->At(x + 0.5, y + 0.5, labels.width, labels.height);
    }
    for (int64_t i = view.first[pixel]; i < view.first[pixel + 1]; ++i)
      votes(view.cell[size_t(i)], label, weight * view.weight[size_t(i)]);
  }
}

void LabelVote::Trust(std::vector<ViewTrust> trust) {
  SANERF_CHECK(trust.empty() || trust.size() == views_.size());
  next_trust_ = std::move(trust);
}

std::vector<LabelVote::Light> LabelVote::LightOf(int view_idx, int of_label) const {
  const ViewCells& view = views_[size_t(view_idx)];
  std::vector<Light> light(view.cells.size());
  AddVotes(view, labels_[size_t(view_idx)], nullptr, [&](uint32_t cell, uint8_t label, float weight) {
    light[cell].seen += weight;
    if (label == of_label) light[cell].labeled += weight;
  });
  return light;
}

void LabelVote::Count(const std::vector<ImageU8>& labels, int num_labels) {
  SANERF_CHECK_EQ(labels.size(), views_.size());
  num_labels_ = num_labels;
  trust_ = next_trust_;
  votes_.assign(size_t(cells_.size()) * size_t(num_labels), 0);
  for (size_t v = 0; v < views_.size(); ++v) {
    const ViewCells& view = views_[v];
    labels_[v] = labels[v].empty() ? ImageU8() : ResizeNearest(labels[v], view.width, view.height);
    AddVotes(view, labels_[v], TrustOf(int(v)), [&](uint32_t cell, uint8_t label, float weight) {
      votes_[size_t(view.cells[cell]) * size_t(num_labels) + label] += weight;
    });
  }
}

ImageF LabelVote::VoteOfOtherViews(int view_idx) const {
  const ViewCells& view = views_[size_t(view_idx)];
  const size_t num_labels = size_t(num_labels_);
  // The votes of all in the cells that this view meets, its own taken out.
  std::vector<float> others(view.cells.size() * num_labels);
  for (size_t i = 0; i < view.cells.size(); ++i)
    std::copy_n(&votes_[size_t(view.cells[i]) * num_labels], num_labels, &others[i * num_labels]);
  AddVotes(view, labels_[size_t(view_idx)], TrustOf(view_idx),
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

}  // namespace sanerf::mask_aggregator
