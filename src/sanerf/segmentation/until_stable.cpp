#include "sanerf/segmentation/until_stable.h"

#include <algorithm>
#include <numeric>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/refine/consensus.h"

namespace sanerf::segmentation {

double UntilStable::MeanEndingAt(size_t end) const {
  if (end < size_t(kWindow)) return 0;
  const auto last = agreements_.begin() + long(end);
  return std::accumulate(last - kWindow, last, 0.0) / kWindow;
}

void UntilStable::Add(double agreement) {
  ++num_views_;
  if (agreement >= 0) agreements_.push_back(agreement);
}

bool UntilStable::IsStable() const {
  const size_t count = agreements_.size();
  if (num_views_ < kFewest || count < size_t(kWindow)) return false;
  if (agreement() >= kSame) return true;
  return num_views_ >= 2 * kFewest && count >= size_t(2 * kWindow) &&
         agreement() < MeanEndingAt(count - kWindow) + kRise;
}

double AgreementWithEarlier(const mask_decoder::DecodedObject& object, size_t i, const std::vector<int>& views,
                            const feature_container::FeatureContainer& container, mask_aggregator::LabelVote* vote,
                            const Job& job) {
  const auto decision_in = [&](int view_idx) {
    return std::find_if(object.views.begin(), object.views.end(),
                        [&](const auto& view) { return view.view_idx == view_idx; });
  };
  const auto decision = decision_in(views[i]);
  if (decision == object.views.end() || !decision->used) return -1;
  mask_decoder::DecodedObject earlier = object;
  for (mask_decoder::ViewDecision& view : earlier.views)
    view.used = view.used && std::find(views.begin(), views.begin() + long(i), view.view_idx) < views.begin() + long(i);
  vote->Count(LabelsByView(earlier, views, container, job), 2);
  const ImageF others = vote->OthersSay(int(i));
  const Consensus consensus{Channel(others, 1), Channel(others, 2)};
  return IsKnown(consensus) ? Agreement(decision->mask, consensus) : -1;
}

}  // namespace sanerf::segmentation
