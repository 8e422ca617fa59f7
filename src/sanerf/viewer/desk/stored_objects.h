// What a run has already, taken over by the desk: prompts, masks and fields of earlier windows and of the command line.
#pragma once

#include <vector>

#include "sanerf/run/extend_objects.h"
#include "sanerf/viewer/desk/desk_state.h"

namespace sanerf::viewer {

// Masks go to the objects that were made of the same prompts. An object of the run that the window did not store itself
// was made or changed by somebody else: all such are one edit. The fields are the answer, each for its own objects,
// when they show the masks as they are.
void TakeStored(std::vector<run::StoredField> fields, DeskState* state);

}  // namespace sanerf::viewer
