// Objects from embeddings, as the authors of Contrastive Lift do it (yashbhalgat/Contrastive-Lift,
// inference/extract_train_centroids.py).
#pragma once

#include <cstdint>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"

namespace sanerf::baselines {

class EmbeddingClusters {
 public:
  // Outliers are left out, each dimension is scaled to [0, 1], some of the points are clustered. Throws Error when
  // there is no cluster, InterruptedError.
  EmbeddingClusters(int dims, const std::vector<float>& embeddings, const ClusterOptions& options, uint64_t seed,
                    const Job& job);

  int num_clusters() const { return int(centers_.size() / low_.size()); }  // those with most points first
  // Of any embedding: the number of the cluster with the nearest center, in scaled units.
  int Nearest(const float* embedding) const;

 private:
  std::vector<float> low_, scale_;  // per dimension
  std::vector<float> centers_;      // scaled
};

}  // namespace sanerf::baselines
