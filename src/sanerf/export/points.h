// Points on surfaces, with all that is known of them.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/option_values.h"
#include "sanerf/export/named_labels.h"
#include "sanerf/export/triangle_mesh.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

struct PointOptions {
  int count = 200'000;
  double probability = 0.5;

  template <class V>
  void Visit(V&& v) {
    v("count", count, "points, at most", Range(100, 20'000'000));
    v("probability", probability, "least probability of the object for a point of it", Range(0, 1));
  }
};

// One entry per point; file frame.
struct PointSet {
  std::vector<Vec3> points;
  std::vector<Vec3f> normals;  // towards where it was seen from, unit length
  std::vector<Rgb8> colors;
  std::vector<int> labels;           // of `objects`; 0: the background
  std::vector<float> probabilities;  // of its label; 1 without objects
  std::vector<NamedLabel> names;     // of the objects in it, for readers; filled by the caller
};

// Where rays of the training views end (MakePointCloud): of these labels, or, with none, all of them. objects: null for
// a scene in which nothing was segmented. The same for any number of threads. Throws UsageError (options), Error when
// no point has such a label, InterruptedError.
PointSet MakePoints(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects,
                    const std::vector<int>& labels, const scene::Scene& scene, const PointOptions& options,
                    const Job& job);

}  // namespace sanerf::exports
