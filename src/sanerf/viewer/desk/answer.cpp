#include "sanerf/viewer/desk/answer.h"

#include <algorithm>
#include <vector>

namespace sanerf::viewer {

int Answer::LabelOf(segmentation::ObjectId id) const {
  const std::vector<segmentation::ObjectId>& ids = snapshot.objects.ids;
  const auto found = std::find(ids.begin(), ids.end(), id);
  return found == ids.end() || !snapshot.model ? -1 : int(found - ids.begin()) + 1;
}

const char* NameOf(Answer::Kind kind) {
  constexpr const char* kNames[] = {"none", "first", "vote", "field"};
  return kNames[int(kind)];
}

bool SameMasks(const segmentation::LabeledObjects& a, const segmentation::LabeledObjects& b) {
  return a.ids == b.ids && a.masks == b.masks;
}

}  // namespace sanerf::viewer
