// Scores (paper 4.2): intersections and unions summed over all test views of an object, then the ratio.
#pragma once

#include "sanerf/core/image.h"

namespace sanerf::eval {

struct MaskScore {
  int64_t intersection = 0, union_ = 0, correct = 0, total = 0;
  int64_t boundary_intersection = 0, boundary_union = 0;
  int num_views = 0;
  int views_without_object = 0;  // of them: it is neither there nor said to be, which is no success of an IoU

  // Masks: non-zero = object; same size. Boundary band: 2 % of the image diagonal (Cheng et al., CVPR 2021).
  void Add(const ImageU8& prediction, const ImageU8& truth);
  MaskScore& operator+=(const MaskScore& other);
  // Without it both IoUs are 0 and mean nothing.
  bool has_iou() const { return union_ > 0; }
  double Iou() const;
  double Accuracy() const;  // of all pixels of all views: also where the object is not
  double BoundaryIou() const;
};

// ignored: not 0 at pixels that do not count, of the images' size; empty = all count. None left: not a number.
double Psnr(const ImageF& a, const ImageF& b, const ImageU8& ignored = {});
inline constexpr int kSsimWindow = 11;  // no image may be smaller
// Wang et al. 2004: 11x11 Gaussian window, sigma 1.5, K1 = 0.01, K2 = 0.03, mean over channels and valid pixels. Of
// windows with an ignored pixel nothing counts; none left: not a number.
double Ssim(const ImageF& a, const ImageF& b, const ImageU8& ignored = {});

}  // namespace sanerf::eval
