// Rays of the training views that lie in a 2D segment of their view, traced once: what Panoptic Lifting and Contrastive
// Lift learn from. Which segments of different views are one object is what they are to find out.
#pragma once

#include <string>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/sample_pool.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::baselines {

struct SegmentRays {
  struct Segment {
    float confidence = 0;
    std::vector<int> rays;  // of the pool; never empty
  };
  mask_aggregator::SamplePool pool;
  std::vector<Segment> segments;        // of all views
  std::vector<int> segment_of;          // of each ray of the pool; -1: it met next to nothing
  std::vector<std::vector<int>> views;  // rays of each view that has any
  std::vector<int> AllRays() const;     // of all views
};

// Every segment has rays in proportion to its area, small ones a few at least. Rays that are stopped by less than half
// are left out: nobody can say what they show. Throws Error when there is no segment, or all their rays meet nothing;
// InterruptedError.
SegmentRays TraceSegments(const segmentation::SegmentationInput& input,
                          const std::vector<segmentation::FoundMask>& masks, const LiftOptions& options, uint64_t seed,
                          const Job& job);

// Bytes of the pool's rays, of so many samples each, and of a field with so many outputs while it is fitted to them.
double LiftBytes(const LiftOptions& options, int num_outputs, double samples_per_ray);
// Throws Error when they do not fit into memory. stage: as --set names it.
void CheckLiftMemory(const std::string& stage, const LiftOptions& options, int num_outputs,
                     const segmentation::SegmentationInput& input, const Job& job);

// Numbers the segments of these rays 0, 1, ... in order of appearance.
std::vector<int> NumberSegments(const SegmentRays& rays, const std::vector<int>& chosen, int* num_segments);

}  // namespace sanerf::baselines
