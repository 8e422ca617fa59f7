// Prompts to 2D masks (3.2) to one object field for all of them (3.3). Encodes what is not encoded yet.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_box.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"

namespace sanerf::pipeline {

// What the user wants of a training view for the objects that the prompts name.
struct ViewChoice {
  std::string view;
  mask_decoder::ViewUse use = mask_decoder::ViewUse::kNever;
};
struct SegmentRequest {
  mask_decoder::Prompts prompts;
  std::map<std::string, JsonBox> reports = {};  // text.json, by object
  std::function<void()> on_encoded = {};        // called when all views are encoded, before the first is decoded
  std::vector<ViewChoice> choices = {};         // kept in views.json, where AddToObjects and RefitField find them
};
struct SegmentResult {
  std::vector<run::StoredObject> objects;  // of the field, those it had before included
  std::vector<std::string> set_aside;
  int64_t overlap_pixels = 0;
  double encode_seconds = 0, mask_seconds = 0, field_seconds = 0;
  double first_mask_seconds = -1;  // of a run whose views were not all encoded (segment.until_stable)
};

// What all of these refuse of prompts and of choices, before anything is made. Throws UsageError.
void CheckSegmentable(const mask_decoder::Prompts& prompts, const scene::Scene& scene);
void CheckChoices(const std::vector<ViewChoice>& choices, const scene::Scene& scene);

// run: to be written. All throw what Session and OpenRun throw, with nothing written but encoded views.

// New objects in a field of their own. Those of the same name are set aside (object_store.h).
SegmentResult Segment(const SegmentRequest& request, const Settings& settings, run::OpenRun* run, const Job& job);

// The objects that are there get more: a known name further prompts or choices alone, a new one another label of their
// field, which goes on from where it stands. Which field is meant: see OpenField.
SegmentResult AddToObjects(const SegmentRequest& request, const Settings& settings, run::OpenRun* run, const Job& job);

// Only the field, anew, to the masks that are there. object: one of its objects; empty = the only field there is.
SegmentResult RefitField(const std::string& object, const Settings& settings, run::OpenRun* run, const Job& job);

}  // namespace sanerf::pipeline
