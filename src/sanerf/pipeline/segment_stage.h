// Prompts to 2D masks (3.2) to one object field for all of them (3.3). Encodes what is not encoded yet.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"

namespace sanerf {

struct SegmentRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;
  Prompts prompts;
  bool refit = false;  // only the field, anew, to the masks that are there; `prompts` may name one of its objects
  // To objects that are there: a known name gets further prompts, a new one another label of their field. Otherwise an
  // object of the same name is replaced, and set aside (object_store.h).
  bool add = false;
  std::map<std::string, Json> reports = {};  // text.json, by object
};
struct SegmentResult {
  std::vector<StoredObject> objects;  // of the field, those it had before included
  std::vector<std::string> set_aside;
  int64_t overlap_pixels = 0;
  double encode_seconds = 0, mask_seconds = 0, field_seconds = 0;
};
SegmentResult Segment(const SegmentRequest& request, const Settings& settings, const Job& job);

}  // namespace sanerf
