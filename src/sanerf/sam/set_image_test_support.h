// A predictor of one picture. For tests and bench/ only.
#pragma once

#include <memory>

#include "sanerf/core/job.h"
#include "sanerf/sam/sam.h"

namespace sanerf::sam {

inline void SetImage(const ImageF& rgb, Sam* sam) {
  sam->SetFeatures(std::make_shared<SamFeatures>(sam->Encode(rgb, Job())));
}

}  // namespace sanerf::sam
