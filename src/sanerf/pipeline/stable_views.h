// Which views a segmentation needs when not all are encoded (segment.until_stable): the clicked ones and those that are
// encoded, then those that help most, until what they vote predicts the next one's mask (segmentation/until_stable.h).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf::pipeline {

struct ViewsToTry {
  const mask_decoder::Prompts& prompts;               // of what is decoded anew; none: only what is encoded is taken
  const std::vector<int>& views;                      // to choose from
  std::map<std::string, std::set<int>> dropped = {};  // views that the user does not want, by object
  Stopwatch since_begin = {};                         // for the line about the first mask
};
struct StableViews {
  std::vector<int> views;          // in order; never without one that is encoded. The others are to be encoded
  double first_mask_seconds = -1;  // until there was one of every object; -1: everything was encoded
};

// run: to be written. Says when there is a first mask. Throws what encoding and decoding throw, but that the views so
// far have no mask is no error.
StableViews EncodeUntilStable(const ViewsToTry& request, const Settings& settings, run::OpenRun* run, const Job& job);

}  // namespace sanerf::pipeline
