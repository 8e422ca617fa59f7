// A first answer without optimization: with the geometry frozen a rendered mask is linear in labels per cell of space,
// so the labels that agree best with the masks are the shares of compositing weight that each cell receives from them
// (the idea of FlashSplat, Shen et al. 2024, for a volume).
#pragma once

#include <span>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/view_trust.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/traced_rays.h"

namespace sanerf::mask_aggregator {

struct VoteOptions {
  int size = 128;   // pixels along the longer side of the grid of rays per view
  int cells = 160;  // per axis of [-1, 1]^3 (model frame); contracted space continues at the same density
};

// Rays on a regular grid of pixels of every view, traced once; votes cost nothing after.
class LabelVote {
 public:
  // cameras: file frame. Throws InterruptedError.
  LabelVote(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, const VoteOptions& options,
            const Job& job);

  int num_views() const { return int(views_.size()); }

  // labels[view]: 0 .. num_labels - 1 or kIgnoreLabel per pixel, any resolution; an empty image does not vote.
  // Replaces the earlier votes.
  void Count(const std::vector<ImageU8>& labels, int num_labels);
  // How far each view is to be trusted (view_trust.h), from the next Count on; empty = all alike.
  void Trust(std::vector<ViewTrust> trust);

  // The vote of all views but `view`, seen from there: per pixel of its grid the rendered share of each label
  // (num_labels channels) and, as the last channel, the share of the ray's light that met cells with votes. Shares are
  // normalized by the latter; where it is 0 so are they.
  ImageF VoteOfOtherViews(int view) const;

  // What all views say together, about every cell.
  std::shared_ptr<const LabelPrior> Prior() const;

  // ---- What each view says by itself, whatever it is trusted

  const CellIndex& cells() const { return cells_; }  // that any view meets
  int num_labels() const { return num_labels_; }
  std::span<const uint32_t> CellsOf(int view) const { return views_[size_t(view)].cells; }  // their numbers
  // The light of labeled pixels that reaches each of these cells, and the part of it that has this label.
  struct Light {
    float seen = 0, labeled = 0;
  };
  std::vector<Light> LightOf(int view, int label) const;

 private:
  struct ViewCells {  // where the samples of a view lie, instead of their positions
    int width = 0, height = 0;
    std::vector<int64_t> first;   // of pixel i; one more at the end
    std::vector<uint32_t> cell;   // of sample: index into `cells`
    std::vector<float> weight;    // of sample
    std::vector<uint32_t> cells;  // numbers of the cells that this view meets
  };
  ViewCells CellsOf(const nerf::TracedRays& rays, int width, int height);
  // votes(cell of the sample) += light, for every sample under a label; trust: of the view, null = all of the light.
  template <class Votes>
  static void AddVotes(const ViewCells& view, const ImageU8& labels, const ViewTrust* trust, const Votes& votes);
  const ViewTrust* TrustOf(int view) const { return trust_.empty() ? nullptr : &trust_[size_t(view)]; }

  std::vector<ViewCells> views_;
  std::vector<ImageU8> labels_;                // at the grids' resolution
  std::vector<ViewTrust> trust_, next_trust_;  // of the votes that are counted; of the next ones
  CellIndex cells_;
  int num_labels_ = 0;
  std::vector<float> votes_;  // [cell][label]
};

}  // namespace sanerf::mask_aggregator
