// Seeds for the readers of other tools' cameras.
#pragma once

#include "seeds.h"

namespace sanerf::fuzz {

void WriteExports(const Seeds& seeds);

}  // namespace sanerf::fuzz
