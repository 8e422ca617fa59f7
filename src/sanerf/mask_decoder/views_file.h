// views.json: what was decided in every view.
#pragma once

#include <filesystem>

#include "sanerf/core/json_fwd.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/scene/scene.h"

namespace sanerf::mask_decoder {

Json ToJson(const DecodedObject& decoded);  // views.json
// What ToJson wrote, without the masks. Throws Error with the file's name and the key; unknown views are an
// Error as well.
DecodedObject ReadDecoded(const std::filesystem::path& path, const scene::Scene& scene);

}  // namespace sanerf::mask_decoder
