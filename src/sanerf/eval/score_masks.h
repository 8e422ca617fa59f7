// Any way of segmenting, scored on views.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/eval/scores.h"

namespace sanerf::eval {

// One mask per object, 0/255 at the photo's size.
using SegmentView = std::function<std::vector<ImageU8>(int view_idx)>;
// [view][object], in the order of `views`. seconds: what it took. Throws InterruptedError.
std::vector<std::vector<ImageU8>> SegmentViews(const SegmentView& segment, const std::string& name,
                                               const std::vector<int>& views, double* seconds, const Job& job);

// The true mask of object number `object` in a view, none when it is not known.
using TruthOf = std::function<std::optional<ImageU8>(const scene::View&, size_t object)>;

// What every method is scored on. The references must outlive it.
struct Scoring {
  const scene::Scene& scene;
  const std::vector<int>& views;
  const std::vector<DepthView>& depths;  // of the views
  TruthOf truth_of;
  std::vector<ObjectScore> objects;  // name and instance of each, of no view yet
};
// masks: [view][object]. Views without ground truth are listed as unmatched. Throws InterruptedError.
std::vector<ObjectScore> ScoreMasks(const std::vector<std::vector<ImageU8>>& masks, const Scoring& scoring,
                                    const Job& job);

// The held-out views, unless the folder of true masks has none of them: NVOS names one target view, which may have been
// trained on.
std::vector<int> ScoredViews(const scene::Scene& scene, const std::vector<int>& test, const GroundTruth& truth,
                             const Job& job);
// Why an object of this instance (as in GroundTruth::MaskOf) cannot be scored on these views: nothing in their masks is
// it. None when it can.
std::optional<std::string> WhyNotShown(int instance, const GroundTruth& truth, const scene::Scene& scene,
                                       const std::vector<int>& views);
// Warns of mask files that belong to no view, by name.
void ReportUnmatchedFiles(const GroundTruth& truth, const Job& job);
// Warns of test views without ground truth, by name; throws Error for an object that has it in none.
void ReportUnmatched(const std::vector<ObjectScore>& scores, size_t num_views, const Job& job);

}  // namespace sanerf::eval
