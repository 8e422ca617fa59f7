// Clusters of embeddings by density (Campello et al. 2013; McInnes and Healy 2017), as the authors of Contrastive Lift
// use it: with min_samples 1, where the mutual reachability of two points is their distance.
#pragma once

#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::baselines {

struct DensityClusters {
  int num_clusters = 0;           // those with most points first
  std::vector<int> cluster;       // of each point; -1: in none
  std::vector<float> membership;  // how deep in it, (0, 1]: the share of the cluster's highest density that it reaches
};

// points [n][dims]. A cluster is a group of points that single linkage keeps together over a long range of densities
// 1 / distance: of the groups of min_cluster_size or more, those with the largest sum of that range over their points
// are taken (excess of mass), never one within another. All points may be one cluster. min_cluster_size: 2 or more;
// fewer points than that are none. Distances below 1e-9 count as 1e-9. O(n^2) time, O(n) memory.
// Throws InterruptedError.
DensityClusters Hdbscan(int dims, const std::vector<float>& points, int min_cluster_size, const Job& job);

// The mean of each cluster's points, weighted by membership, [cluster][dims].
std::vector<float> Centers(int dims, const std::vector<float>& points, const DensityClusters& clusters);

}  // namespace sanerf::baselines
