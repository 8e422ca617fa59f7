// When enough views have a mask: once what they vote together foretells the mask of a view that they have not seen as
// well as it ever will, further views would only repeat it.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

// The rule, on the views that have a mask, one after another.
class UntilStable {
 public:
  static constexpr int kFewest = 12;     // views, of which fewer are never enough: docs/studies/encoded_views.md
  static constexpr int kWindow = 4;      // views that are judged together: one view may be odd
  static constexpr double kSame = 0.92;  // what SAM's masks of one thing agree with each other at the best
  static constexpr double kRise = 0.01;  // of the mean of a window over the one before it

  // How well its mask agrees with what others vote, [0, 1]; -1 where nobody knows the place, as in the first view.
  void Add(double agreement);
  int num_views() const { return num_views_; }
  // Mean of the last window, 0 when there is none yet.
  double agreement() const { return MeanEndingAt(agreements_.size()); }
  // The last window agrees as masks of one thing do, or, after twice as many views, no better than the one before.
  bool IsStable() const;

 private:
  double MeanEndingAt(size_t end) const;
  int num_views_ = 0;
  std::vector<double> agreements_;
};

// How well the mask of views[i] agrees with the votes of those before it, -1 where it has none or nobody knows the
// place. vote: of these views, in this order; its votes are replaced. Throws InterruptedError.
double AgreementWithEarlier(const mask_decoder::DecodedObject& object, size_t i, const std::vector<int>& views,
                            const feature_container::FeatureContainer& container, mask_aggregator::LabelVote* vote,
                            const Job& job);

}  // namespace sanerf::segmentation
