// The answer to the prompts as it is: what frames, masks and labels are made from.
#pragma once

#include <cstdint>

#include "sanerf/segmentation/session.h"

namespace sanerf::viewer {

struct Answer {
  enum class Kind { kNone, kFirst, kVote, kField };
  int64_t revision = 0;
  Kind kind = Kind::kNone;
  segmentation::SessionSnapshot snapshot;
  double seconds = 0;  // since the edit that it answers

  int LabelOf(segmentation::ObjectId id) const;  // in the model, -1 = none
  // Of fields that the run has one by one, each for its own objects. Until something is said: then one is fitted to
  // all.
  bool is_joined() const { return snapshot.model && snapshot.model->is_joined(); }
};

const char* NameOf(Answer::Kind kind);  // "vote", as in docs/viewer.md

bool SameMasks(const segmentation::LabeledObjects& a, const segmentation::LabeledObjects& b);

}  // namespace sanerf::viewer
