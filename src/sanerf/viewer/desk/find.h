// Objects that nobody has clicked on: by words, or all that there are.
#pragma once

#include <string>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/viewer/desk/desk_room.h"

namespace sanerf::viewer {

// As `segment --text`; to be decoded. Encodes the views that it needs. What some of the words name and is not there is
// a warning. Throws what PromptsFromText throws.
FoundObjects FindByWords(const std::string& words, const pipeline::Settings& settings, run::OpenRun* run,
                         const Job& job);
// As `segment --auto`, up to the masks. All views that it searches are encoded.
FoundObjects FindEverything(const segmentation::SegmentationInput& input, const pipeline::Settings& settings,
                            const Job& job);

// Masks of each object in the few views that see it best; null where there are none.
ObjectMaskList QuickMasks(const mask_decoder::Prompts& objects, const segmentation::SegmentationInput& input,
                          const segmentation::SegmentationOptions& options, const Job& job);

}  // namespace sanerf::viewer
