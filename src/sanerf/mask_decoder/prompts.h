// What the user says about objects: clicks, boxes and 3D points, all in the file frame / full-size photo pixels.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/core/json_fwd.h"

namespace sanerf::mask_decoder {

inline constexpr int kLastCandidate = 99;  // of a click: SAM has four masks, models to come may have more

struct PointPrompt {
  Vec3 p = Vec3::Zero();  // file frame
  int label = 1;          // 1 positive, 0 negative
};
struct ClickPrompt {
  std::string view;
  Vec2 xy = Vec2::Zero();  // pixels of the full-size photo, as a user reads them off: integer = center of that pixel
  int label = 1;
  int candidate = -1;  // which of SAM's masks the user chose for it; -1 = the rule chooses
};
struct BoxPrompt {
  std::string view;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // pixels as above, x0 < x1 and y0 < y1
};

struct ObjectPrompt {
  std::string name;   // also the name of its folder in the run
  int instance = -1;  // ground-truth id, -1 = unknown
  std::vector<PointPrompt> points;
  std::vector<ClickPrompt> clicks;
  std::vector<BoxPrompt> boxes;
  int min_visible = 0;  // k of the paper's visibility filter; 0 = decide from the number of points
  std::string text;     // the words that it was found by, empty = none; says where the prompts come from, no more
};

struct Prompts {
  std::vector<ObjectPrompt> objects;
};

// The candidate that the user chose with the last click, -1 = none: what was chosen for fewer clicks says nothing about
// more of them.
int ChosenCandidate(const ObjectPrompt& object);

// Why it cannot be the name of an object, which becomes a folder's and must be one on every file system ("it is
// empty"); none when it can.
std::optional<std::string> WhyBadName(const std::string& name);

// Why nothing can be segmented from this ("object 'mug' has no positive point, click or box"), none when it can.
std::optional<std::string> WhyUnusable(const ObjectPrompt& object);

// The format of docs/data_formats.md. Unknown keys are errors: a misspelled "label" must not turn into a positive
// point. Throws Error with file and key.
Prompts ReadPrompts(const std::filesystem::path& path);
Json ToJson(const Prompts& prompts);
Json ToJson(const ObjectPrompt& object);

}  // namespace sanerf::mask_decoder
