// Any way of segmenting, scored on views.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/bit_mask.h"
#include "sanerf/core/job.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/eval/scores.h"

namespace sanerf::eval {

// One mask per object, 0/255 at the photo's size.
using SegmentView = std::function<std::vector<ImageU8>(int view_idx)>;
using TakeMasks = std::function<void(size_t v, std::vector<ImageU8> masks)>;  // of views[v]
// One view after the other: the masks of many objects in all of them, at the size of photos, would be too many to keep.
// Returns the seconds that segmenting took, without those of `take`. Throws InterruptedError.
double SegmentViews(const SegmentView& segment, const std::string& name, const std::vector<int>& views,
                    const TakeMasks& take, const Job& job);

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

// Scores masks view by view. Of each it keeps what consistency compares, one bit a pixel.
class MaskScorer {
 public:
  // Throws Error when what it will keep does not fit into memory.
  MaskScorer(Scoring scoring, const Job& job);

  // One mask per object, of the next of scoring.views. A view without ground truth is listed as unmatched.
  void Add(const std::vector<ImageU8>& masks);
  std::vector<ObjectScore> Scores() const;  // after the last view

 private:
  Scoring scoring_;
  std::vector<ObjectScore> scores_;
  std::vector<std::vector<BitMask>> small_masks_;  // [view][object], of the depths' sizes
};

// The held-out views, unless the folder of true masks has none of them: NVOS names one target view, which may have been
// trained on.
std::vector<int> ScoredViews(const scene::Scene& scene, const std::vector<int>& test, const GroundTruth& truth,
                             const Job& job);
// Why an object of this instance (as in GroundTruth::MaskOf) cannot be scored on these views: nothing in their masks is
// it. None when it can. Throws InterruptedError.
std::optional<std::string> WhyNotShown(int instance, const GroundTruth& truth, const scene::Scene& scene,
                                       const std::vector<int>& views, const Job& job);
// Warns of mask files that belong to no view, by name.
void ReportUnmatchedFiles(const GroundTruth& truth, const Job& job);
// Warns of test views without ground truth, by name; throws Error for an object that has it in none.
void ReportUnmatched(const std::vector<ObjectScore>& scores, size_t num_views, const Job& job);

}  // namespace sanerf::eval
