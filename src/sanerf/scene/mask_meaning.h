// What the masks mean that come with photos: ground truth, or what not to look at.
#pragma once

#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Gives each view's mask (ListedView::mask) its meaning, and finds instant-ngp's dynamic_mask_X.png beside the photos,
// whose name says what they are. said: kIgnore, kObject or kInstances also of masks that the format has a meaning for;
// kGuess: masks of more than two values are instance ids; of black and white ones black is ignored where the format
// means that, or where most pixels are white, else white is the object. What was guessed becomes a note. Returns what
// the masks were taken for that do not say it themselves; none without any. Throws Error for a mask that cannot be
// read, InterruptedError.
std::optional<MasksAre> DecideMasks(SceneListing& listing, MasksAre said, const Job& job);

const char* NameOf(MasksAre meaning);  // "ignore", as the option has it

// For a run whose options (by stage) do not say it: older versions took every such mask for ground truth, and their
// fields have learned from all pixels. Nothing for a run without options.
void MeanAsBefore(const Json& recorded_options, SceneOptions* options);

}  // namespace sanerf::scene
