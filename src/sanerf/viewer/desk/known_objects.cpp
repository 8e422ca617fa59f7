#include "sanerf/viewer/desk/known_objects.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace sanerf::viewer {

using mask_decoder::DecodedObject;
using mask_decoder::ViewDecision;

namespace {

constexpr double kSameThing = 0.5;  // of two objects at most one overlaps a third by more

}  // namespace

double OverlapOf(const DecodedObject& a, const DecodedObject& b) {
  std::map<int, const ViewDecision*> in_b;
  for (const ViewDecision& view : b.views)
    if (view.used) in_b[view.view_idx] = &view;
  int64_t both = 0, either = 0;
  for (const ViewDecision& view : a.views) {
    const auto other = in_b.find(view.view_idx);
    if (!view.used || other == in_b.end() || other->second->mask.data.size() != view.mask.data.size()) continue;
    for (size_t i = 0; i < view.mask.data.size(); ++i) {
      const bool is_in_a = view.mask.data[i] > 0, is_in_b = other->second->mask.data[i] > 0;
      both += is_in_a && is_in_b;
      either += is_in_a || is_in_b;
    }
  }
  return either == 0 ? 0 : double(both) / double(either);
}

int RemoveKnown(const ObjectMaskList& known, mask_decoder::Prompts* found, ObjectMaskList* masks) {
  masks->resize(found->objects.size());
  mask_decoder::Prompts others;
  ObjectMaskList masks_of_others;
  for (size_t i = 0; i < masks->size(); ++i) {
    const auto is_same = [&](const auto& object) { return OverlapOf(*object, *(*masks)[i]) > kSameThing; };
    if ((*masks)[i] && std::any_of(known.begin(), known.end(), is_same)) continue;
    others.objects.push_back(std::move(found->objects[i]));
    masks_of_others.push_back(std::move((*masks)[i]));
  }
  const int num_known = int(masks->size() - masks_of_others.size());
  *found = std::move(others);
  *masks = std::move(masks_of_others);
  return num_known;
}

}  // namespace sanerf::viewer
