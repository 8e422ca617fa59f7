#include "sanerf/segmentation/session_vote.h"

#include <algorithm>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"
#include "sanerf/segmentation/refine/consensus.h"
#include "sanerf/segmentation/weigh_views.h"

namespace sanerf::segmentation {

SessionVote::SessionVote(SegmentationInput input, std::shared_ptr<IgnoredViews> ignored, double view_trust)
    : input_(std::move(input)), ignored_(std::move(ignored)), view_trust_(view_trust) {
  input_.sam.reset();
}

void SessionVote::Trace(const Job& job) {
  if (vote_) return;
  vote_ = std::make_unique<mask_aggregator::LabelVote>(input_.nerf, input_.WorkingCameras(),
                                                       mask_aggregator::VoteOptions(), job);
  vote_->Trust(trust_);
}

// Views that the radiance field does not explain around the objects have less of a say [not in the paper].
void SessionVote::Weigh(const Masks& masks, const Job& job) {
  if (view_trust_ == 0 || weighed_ == masks) return;
  trust_ = WeighViews(input_, masks, ignored_->Read(job), view_trust_, job);
  weighed_ = masks;
  if (vote_) vote_->Trust(trust_);
}

void SessionVote::Paint(const LabeledObjects& objects, MissedPlace missed, const Job& job) {
  if (painted_ == objects.masks) return;
  painted_.clear();
  counted_.clear();
  if (missed == MissedPlace::kVoted) Trace(job);
  Weigh(objects.masks, job);
  std::vector<ImageU8> labels = LabelsByView(objects.masks, {input_.views, *input_.features, missed, vote_.get()}, job);
  // What SAM made of a passer-by says nothing about the scene.
  const std::vector<ImageU8>& ignored = ignored_->Read(job);
  for (size_t v = 0; v < labels.size(); ++v) mask_aggregator::IgnorePixels(ignored[v], &labels[v]);
  labels_ = std::move(labels);
  painted_ = objects.masks;
}

void SessionVote::Count(const LabeledObjects& objects, MissedPlace missed, const Job& job) {
  Trace(job);
  Paint(objects, missed, job);
  if (counted_ == painted_) return;
  counted_.clear();
  vote_->Count(labels_, int(painted_.size()) + 1);
  counted_ = painted_;
}

mask_aggregator::LabelVote* SessionVote::Lend(const LabeledObjects& objects, const Job& job) {
  Trace(job);
  Weigh(objects.masks, job);
  counted_.clear();
  return vote_.get();
}

std::vector<MaskAgreement> SessionVote::Agreements(const LabeledObjects& objects, const Job& job) const {
  if (!vote_ || objects.masks.empty() || counted_ != objects.masks) return {};
  const ThreadLimit limit(job.num_threads());
  std::vector<std::vector<MaskAgreement>> by_view(input_.views.size());
  ParallelFor(int64_t(by_view.size()), [&](int64_t i) {
    const size_t v = size_t(i);
    const auto is_used = [&](const auto& masks) { return masks->views[v].used; };
    if (job.stop_requested() || std::none_of(objects.masks.begin(), objects.masks.end(), is_used)) return;
    const ImageF others = vote_->VoteOfOtherViews(int(v));
    for (size_t o = 0; o < objects.masks.size(); ++o) {
      if (!is_used(objects.masks[o])) continue;
      const Consensus consensus{Channel(others, int(o) + 1), Channel(others, int(objects.masks.size()) + 1)};
      if (!IsKnown(consensus)) continue;
      by_view[v].push_back({objects.ids[o], input_.views[v], Agreement(objects.masks[o]->views[v].mask, consensus)});
    }
  });
  job.ThrowIfStopped("comparing the views");
  std::vector<MaskAgreement> all;
  for (const auto& of_view : by_view) all.insert(all.end(), of_view.begin(), of_view.end());
  return all;
}

}  // namespace sanerf::segmentation
