#include "sanerf/segmentation/refine/consensus.h"

#include <algorithm>
#include <numeric>

#include "sanerf/core/check.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/mask_decoder/mask_check.h"

namespace sanerf::segmentation {

using mask_decoder::ViewDecision;

namespace {

// Mean of worth(view) x agreement over the used views; a view that the others do not know does not count.
template <class Worth>
double MeanAgreement(const std::vector<ViewDecision>& views, const std::vector<Consensus>& consensus,
                     const Worth& worth) {
  SANERF_CHECK_EQ(consensus.size(), views.size());
  double sum = 0;
  int count = 0;
  for (size_t i = 0; i < views.size(); ++i) {
    if (!views[i].used || !IsKnown(consensus[i])) continue;
    sum += worth(views[i]) * Agreement(views[i].mask, consensus[i]);
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace

double AreaOf(const Consensus& consensus) {
  double area = 0;
  for (size_t i = 0; i < consensus.probability.data.size(); ++i)
    area += double(consensus.probability.data[i]) * consensus.known.data[i];
  return area;
}

bool IsKnown(const Consensus& consensus) {
  return std::accumulate(consensus.known.data.begin(), consensus.known.data.end(), 0.0) >= kMinConsensusArea;
}

double Agreement(const ImageF& share, const Consensus& consensus) {
  double both = 0, either = 0;
  for (size_t i = 0; i < share.data.size(); ++i) {
    const double known = consensus.known.data[i], m = share.data[i], p = consensus.probability.data[i];
    both += known * std::min(m, p);
    either += known * std::max(m, p);
  }
  return either > 0 ? both / either : 0;
}

double Agreement(const ImageU8& mask, const Consensus& consensus) {
  return Agreement(Resize(ToFloat(mask), consensus.probability.width, consensus.probability.height), consensus);
}

double MeanAgreement(const std::vector<ViewDecision>& views, const std::vector<Consensus>& consensus) {
  return MeanAgreement(views, consensus, [](const ViewDecision&) { return 1.0; });
}

double Coherence(const mask_decoder::DecodedObject& decoded, const std::vector<Consensus>& consensus) {
  return MeanAgreement(decoded.views, consensus, [](const ViewDecision& view) { return KeptShare(view.mask, view); });
}

}  // namespace sanerf::segmentation
