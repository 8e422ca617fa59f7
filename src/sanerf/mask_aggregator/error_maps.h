// Where rendered and given masks differ (paper Eq. 12), one map per view at a quarter of its size.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/random.h"

namespace sanerf::mask_aggregator {

class ErrorMaps {
 public:
  ErrorMaps() = default;
  // Cameras: of the label images. Pixels that no ray has visited have error 0 and are never drawn.
  explicit ErrorMaps(const std::vector<Camera>& cameras, int shrink = 4);
  void Clear();

  // The cell of a label pixel moves most of the way to this error (Eq. 12; nine tenths, as in the release).
  void Update(int view, int x, int y, float error);

  struct Site {
    int view;
    Vec2 px;  // of the label image, center of the cell
  };
  // Draws on each map by itself, as in the paper's section A: independent ones, with probability proportional to the
  // error. The maps that hold any error share the count equally; with fewer sites than maps, random ones have one each.
  std::vector<Site> Draw(int count, Random* random) const;

 private:
  void DrawOnMap(int view, int count, Random* random, std::vector<Site>* sites) const;

  int shrink_ = 4;
  std::vector<ImageF> maps_;
};

}  // namespace sanerf::mask_aggregator
