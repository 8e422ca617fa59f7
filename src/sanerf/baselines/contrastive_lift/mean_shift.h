// Clusters of embeddings by mean shift (Comaniciu and Meer 2002), with a flat kernel and seeds from a grid, as the
// authors of Contrastive Lift use it.
#pragma once

#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::baselines {

// points [n][dims]. Every cell of a grid of that width that holds min_bin_freq points starts a center, which moves to
// the mean of the points within `bandwidth` until it rests; of centers nearer than that to each other the one with more
// points stays. Returns the centers [cluster][dims], most points first; none when no cell is full enough.
// Throws InterruptedError.
std::vector<float> MeanShift(int dims, const std::vector<float>& points, float bandwidth, int min_bin_freq,
                             const Job& job);

}  // namespace sanerf::baselines
