// Clusters of embeddings by mean shift (Comaniciu and Meer 2002), with a flat kernel and seeds from a grid, as the
// authors of Contrastive Lift use it.
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/baselines/contrastive_lift/contrastive_options.h"

namespace sanerf {

// points [n][dims]. Every cell of a grid of that width that holds min_bin_freq points starts a centre, which moves to
// the mean of the points within `bandwidth` until it rests; of centres nearer than that to each other the one with more
// points stays. Returns the centres [cluster][dims], most points first; none when no cell is full enough.
std::vector<float> MeanShift(int dims, const std::vector<float>& points, float bandwidth, int min_bin_freq);

class EmbeddingClusters {
 public:
  // Outliers are left out, each dimension is scaled to [0, 1], some of the points are clustered. Throws Error when
  // there is no cluster.
  EmbeddingClusters(int dims, const std::vector<float>& embeddings, const MeanShiftOptions& options, uint64_t seed);

  int num_clusters() const { return int(centres_.size() / low_.size()); }
  // Of any embedding: the number of the cluster with the nearest centre, in scaled units.
  int Nearest(const float* embedding) const;

 private:
  std::vector<float> low_, scale_;  // per dimension
  std::vector<float> centres_;      // scaled
};

}  // namespace sanerf
