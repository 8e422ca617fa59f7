// Masks of objects that a method found by itself, as those of the true instances that they match.
#pragma once

#include <vector>

#include "sanerf/core/bit_mask.h"
#include "sanerf/core/job.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/match_objects.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

// Which object is which instance is known only after the last view: all masks are kept, one bit a pixel.
class MatchedMasks {
 public:
  // instances: with their ids in the views' masks. Everything must outlive this.
  MatchedMasks(const scene::Scene& scene, const std::vector<int>& views,
               const std::vector<eval::ObjectScore>& instances);

  // Of the next view, one per object. Throws Error when those of all views do not fit into memory.
  void Add(const std::vector<ImageU8>& masks, const Job& job);
  void Match();  // after the last view

  std::vector<ImageU8> Of(size_t v) const;  // one per instance, empty where no object matches it
  int num_spurious() const;                 // objects that match no instance

 private:
  const scene::Scene& scene_;
  const std::vector<int>& views_;
  std::vector<size_t> row_of_;                // of an id in the table: 0 for none of the instances
  std::vector<std::vector<int64_t>> pixels_;  // [row][object + 1], 0 for no object
  std::vector<std::vector<BitMask>> masks_;   // [view][object]
  std::vector<InstanceToObject> matches_;
};

}  // namespace sanerf::experiments
