// The scores of objects: per view, over all of them, and means over objects.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/eval/consistency.h"
#include "sanerf/eval/metrics.h"

namespace sanerf::eval {

struct ObjectScore {
  std::string name;
  int instance = -1;
  MaskScore score;
  ConsistencyScore consistency;
  std::vector<std::pair<std::string, MaskScore>> views;
  std::vector<std::string> unmatched;  // test views without ground truth
};
struct ViewQuality {
  std::string view;
  double psnr = 0, ssim = 0;
};
// Means over objects; 0 when there are none. consistency: NaN where no two views were compared.
struct MeanScores {
  double iou = 0, boundary_iou = 0, accuracy = 0, consistency = 0;
};
MeanScores MeansOf(const std::vector<ObjectScore>& objects);

}  // namespace sanerf::eval
