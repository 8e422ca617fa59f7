#include "sanerf/eval/scores.h"

#include <algorithm>

namespace sanerf::eval {

MeanScores MeansOf(const std::vector<ObjectScore>& objects) {
  MeanScores means;
  const double count = double(std::max<size_t>(1, objects.size()));
  for (const ObjectScore& object : objects) {
    means.iou += object.score.Iou() / count;
    means.boundary_iou += object.score.BoundaryIou() / count;
    means.accuracy += object.score.Accuracy() / count;
    means.consistency += object.consistency.Iou() / count;
  }
  return means;
}

}  // namespace sanerf::eval
