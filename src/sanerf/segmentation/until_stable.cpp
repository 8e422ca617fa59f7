#include "sanerf/segmentation/until_stable.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/refine/consensus.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;

namespace {

// While there are few views it is no news that none of them gives a mask.
class Silent : public EventSink {
  void Take(const Event&) override {}
};

const mask_decoder::ViewDecision* UsedMaskIn(const DecodedObject& object, int view_idx) {
  const auto found = std::find_if(object.views.begin(), object.views.end(),
                                  [&](const auto& view) { return view.view_idx == view_idx; });
  return found != object.views.end() && found->used ? &*found : nullptr;
}

}  // namespace

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

void GrowingMasks::Decode(const mask_decoder::DecodeContext& context, const std::vector<int>& views, size_t begin,
                          size_t end, const Job& job) {
  if (has_mask()) return mask_decoder::DecodeFurther(prompt_, context, Wanted(views, begin, end), &masks_, job);
  const std::vector<int> wanted = Wanted(views, 0, end);
  if (wanted.empty()) return;
  Silent silent;
  try {
    masks_ = mask_decoder::DecodeMasks(prompt_, context, wanted, nullptr, job.To(silent));
  } catch (const mask_decoder::NoMaskError& error) {
    job.Detail(fmt::format("{} views are not enough: {}", end, error.what()));
  }
}

double GrowingMasks::AgreementWithEarlier(size_t i, const std::vector<int>& views,
                                          const feature_container::FeatureContainer& container,
                                          mask_aggregator::LabelVote* vote, const Job& job) const {
  DecodedObject earlier = masks_;
  for (mask_decoder::ViewDecision& view : earlier.views)
    view.used = view.used && std::find(views.begin(), views.begin() + long(i), view.view_idx) < views.begin() + long(i);
  vote->Count(LabelsByView(earlier, {views, container}, job), 2);
  const ImageF others = vote->VoteOfOtherViews(int(i));
  const Consensus consensus{Channel(others, 1), Channel(others, 2)};
  return IsKnown(consensus) ? Agreement(UsedMaskIn(masks_, views[i])->mask, consensus) : -1;
}

void GrowingMasks::Judge(const feature_container::FeatureContainer& container, const std::vector<int>& views,
                         size_t end, mask_aggregator::LabelVote* vote, const Job& job) {
  if (!has_mask()) return;
  for (; num_judged_ < end; ++num_judged_) {
    if (UsedMaskIn(masks_, views[num_judged_]) == nullptr) continue;
    const bool is_first = stability_.num_views() == 0;
    stability_.Add(is_first ? -1 : AgreementWithEarlier(num_judged_, views, container, vote, job));
  }
}

std::vector<int> GrowingMasks::Wanted(const std::vector<int>& views, size_t begin, size_t end) const {
  std::vector<int> wanted;
  std::copy_if(views.begin() + long(begin), views.begin() + long(end), std::back_inserter(wanted),
               [&](int view) { return !dropped_.contains(view); });
  return wanted;
}

}  // namespace sanerf::segmentation
