// Clicks, points and boxes as the command line takes them.
#pragma once

#include <string>

#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::cli {

// The command line's forms. Throw UsageError with the expected form.
mask_decoder::ClickPrompt ParseClick(const std::string& text);  // VIEW:X,Y[:neg][:maskN]
mask_decoder::PointPrompt ParsePoint(const std::string& text);  // X,Y,Z[:neg]
mask_decoder::BoxPrompt ParseBox(const std::string& text);      // VIEW:X0,Y0,X1,Y1

}  // namespace sanerf::cli
