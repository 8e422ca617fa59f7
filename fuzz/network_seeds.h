// Seeds that hold networks and what belongs to them, a few kilobytes each.
#pragma once

#include "seeds.h"

namespace sanerf::fuzz {

// For checkpoint, feature_file, radiance_field, nerf_training, object_field, stored_object and feature_field.
void WriteNetworks(const Seeds& seeds);

}  // namespace sanerf::fuzz
