// Segmentation without a prompt: every object of the scene becomes a label of one object field.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/automatic/automatic_field.h"

namespace sanerf::pipeline {

struct AutoObject {
  run::StoredObject stored;
  int views_found = 0;   // searched views in which SAM found it without a prompt
  double agreement = 0;  // of these masks, [0, 1]
  double share = 0;      // of the pictures, mean over its masks
};

struct AutoResult {
  std::vector<AutoObject> objects;  // largest first
  std::vector<std::string> set_aside;
  int num_searched_views = 0, num_masks = 0;
  segmentation::AutomaticField found;
  double encode_seconds = 0, search_seconds = 0, field_seconds = 0;
  int64_t peak_rss_bytes = 0;
};

// Objects are named object_01 … by descending size; those of an earlier search are set aside, others stay. Encodes what
// is not encoded yet. run: to be written. Throws UsageError for options out of range, Error when nothing is found,
// InterruptedError (nothing is written but encoded views).
AutoResult SegmentAutomatically(const Settings& settings, run::OpenRun* run, const Job& job);

// Whether the object's field holds nothing but what a search has found.
bool IsOfSearch(const run::StoredObject& object);

}  // namespace sanerf::pipeline
