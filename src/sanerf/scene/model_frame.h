// The model frame of a scene: which part of the data set's world becomes [-1, 1]^3.
#pragma once

#include <optional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

struct ModelFrame {
  Similarity model_from_file;
  double extent = 1;
  double near = 0.05;
};

// Uses the training views only. See docs/conventions.md for the rules.
ModelFrame FitModelFrame(const SceneListing& listing, bool has_alpha, const Job& job);

}  // namespace sanerf::scene
