// The constants of Contrastive Lift, each beside the authors' value and its file. What Panoptic Lifting shares is in
// lift_options.h.
#pragma once

#include "sanerf/baselines/lift_options.h"

namespace sanerf::baselines {

enum class Clustering { kHdbscan, kMeanShift };

// The authors' clustering of training pixels (yashbhalgat/Contrastive-Lift, inference/extract_train_centroids.py).
struct ClusterOptions {
  Clustering clustering = Clustering::kHdbscan;  // authors: HDBSCAN, or mean shift
  // Authors: 500 of 50,000 points (with min_samples 1), of one class's things. Here everything that has a segment is
  // clustered at once, floor and walls included: 500 would lose all that covers less than 1 % of it.
  int min_cluster_size = 25;
  float bandwidth = 0.15f;   // authors: 0.15 of the embeddings' range, or Silverman's rule
  int min_bin_freq = 10;     // authors: 10
  int points = 50000;        // authors: 50,000
  float outlier_sigmas = 3;  // authors: 3

  template <class V>
  void Visit(V&& v) {
    v("clustering", clustering, "how embeddings become objects",
      OneOf(Choice{"hdbscan", Clustering::kHdbscan}, Choice{"mean_shift", Clustering::kMeanShift}));
    v("min_cluster_size", min_cluster_size, "hdbscan: training points that an object has at least",
      Range(2, 1'000'000));
    v("bandwidth", bandwidth, "mean_shift: its radius, as a share of the embeddings' range in each dimension",
      Range(0.01, 10));
    v("min_bin_freq", min_bin_freq, "mean_shift: training points in a cell of that size for it to start there",
      Range(1, 1'000'000));
    v("points", points, "training points that are clustered", Range(2, 100'000));
    v("outlier_sigmas", outlier_sigmas, "points farther from the mean in any dimension are left out before",
      Range(1, 1000));
  }
};

struct ContrastiveLiftOptions {
  int dims = 3;           // authors: 3 (config/experiment/contrastive_lift.yaml)
  float momentum = 0.9f;  // authors: 0.9 (trainer/train_panopli_tensorf.py)
  ClusterOptions clusters;
  LiftOptions lift;

  template <class V>
  void Visit(V&& v) {
    v("dims", dims, "dimensions of the embedding", Range(2, mask_aggregator::kMaxFieldOutputs));
    v("momentum", momentum, "share of itself that the slow field keeps in each step; the rest follows the fast one",
      Range(0, 0.9999));
    clusters.Visit(v);
    lift.Visit(v);
  }
};

}  // namespace sanerf::baselines
