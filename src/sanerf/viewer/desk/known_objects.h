// Things that a search finds although the window has them already.
#pragma once

#include <memory>
#include <vector>

#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::viewer {

using ObjectMaskList = std::vector<std::shared_ptr<const mask_decoder::DecodedObject>>;

// IoU of two objects' masks over the views in which both have one; 0 without such views.
double OverlapOf(const mask_decoder::DecodedObject& a, const mask_decoder::DecodedObject& b);

// Takes those out of `found` that show a thing that one of `known` shows: they overlap by more than half. Nothing is
// known of those whose masks are null or missing. Returns how many there were.
int RemoveKnown(const ObjectMaskList& known, mask_decoder::Prompts* found, ObjectMaskList* masks);

}  // namespace sanerf::viewer
