// How long a search for objects takes, and what comes after it, from a second's measurement on this machine: what SAM
// needs for a point and the radiance field for a ray, times what there is to do.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/whole_task.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/nerf/model.h"
#include "sanerf/sam/automatic_options.h"
#include "sanerf/sam/sam.h"
#include "sanerf/segmentation/options.h"

namespace sanerf::segmentation {

// Seconds, all threads together.
struct SearchPace {
  double point = WholeTask::kUnknown, ray = WholeTask::kUnknown;
};

struct SearchSize {
  int num_searched = 0, num_decoded = 0;  // views
  int num_objects = 0;                    // 0: not known yet, as many as a scene usually has
};

// What SAM takes for a point of the grid, on some points of a view of `container` on as many threads as will search
// num_searched views.
double SecondsPerPoint(int view_idx, const feature_container::FeatureContainer& container, const sam::Sam& sam,
                       int num_searched, const Job& job);
// What a ray through the radiance field takes, in a small picture.
double SecondsPerRay(const nerf::NerfModel& nerf, const Camera& camera, const Job& job);

// The parts of a segmentation without prompts, under the titles of their tasks. Of encoding nothing is known here.
std::vector<WholeTask::Part> PartsOfSearch(const SearchSize& size, const SearchPace& pace,
                                           const SegmentationOptions& options);

}  // namespace sanerf::segmentation
