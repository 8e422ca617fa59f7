// Words to prompts (paper 4.5), before Segment: a 2D detector searches the photos for the words, SAM and the radiance
// field's depth decide which of its boxes show one and the same thing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_box.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/text/text_object.h"

namespace sanerf::pipeline {

struct TextRequest {
  std::string text;  // "banana. mug": phrases end at full stops, each is an object
  // More about the one object of a text with one phrase: its name (empty = the phrase), prompts that are added to the
  // detector's. Of several things that fit, the one with a positive click or point on it is meant; a box replaces the
  // detector's box in its view.
  mask_decoder::ObjectPrompt more;
  // Every thing that fits is an object, "cup 1", "cup 2", the best supported first; nothing more is said about them.
  bool all = false;
};

struct MissingObject {
  std::string phrase;
  segmentation::NothingFound why;
};
struct TextResult {
  mask_decoder::Prompts prompts;
  std::vector<segmentation::TextObject> objects;  // in the order of prompts.objects; at least one
  std::vector<MissingObject> missing;             // the other phrases
  std::string detector, license;
  int num_views = 0;  // that were searched
  double seconds = 0;
};

// Throws UsageError for a text without words, one that is too long or that the detector cannot look for, Error when the
// detector is missing or is none; NothingFound when none of the phrases is found: nothing fits in any view (with the
// best score and what was seen instead) or no two views agree; InterruptedError.
TextResult PromptsFromText(const TextRequest& request, const Settings& settings, run::OpenRun* run, const Job& job);

// text.json by object, for SegmentRequest: every box, its score and what became of it.
std::map<std::string, JsonBox> ReportsOf(const TextResult& result);

}  // namespace sanerf::pipeline
