// What the two methods that find the objects by themselves share: how SAM's automatic masks become segments and rays,
// and how a field is fitted to them.
#pragma once

#include "sanerf/mask_aggregator/object_field.h"

namespace sanerf::baselines {

enum class OnTop { kSmaller, kConfident };  // which of two overlapping masks keeps the pixel

// The authors' values are those of Panoptic Lifting, whose trainer Contrastive Lift kept: config/panopli.yaml and
// trainer/train_panopli_tensorf.py of nihalsid/panoptic-lifting.
struct LiftOptions {
  // Authors: 10 epochs over all pixels of all photos. Here the geometry is finished and the rays are traced: some 20 ms
  // of one core per step, a minute in all on two.
  int iters = 5000;
  int rays = 1024;           // of one image (authors: 1024)
  int pool_rays = 1 << 18;   // authors: every pixel; a ray in the pool takes some 600 bytes
  float lr = 1e-2f;          // of the grid (authors: 20 times the network's, 1e-2)
  float network_lr = 0.1f;   // of the network, as a share of lr (authors: 0.05, with many more steps)
  float lr_final = 0.1f;     // at the end, as a share (authors: halved for the last epoch)
  float beta2 = 0.999f;      // authors: 0.9, 0.999 for the instances
  double min_area = 0.0005;  // of the picture; authors: Mask2Former's segments, which are larger
  OnTop on_top = OnTop::kSmaller;
  // The authors' is a network on positions, or a TensoRF decomposition; here the object field with fewer features and a
  // narrower network: Contrastive Lift goes through all parameters of its two in every step.
  mask_aggregator::ObjectFieldOptions field{16, 2, 17, 16, 512, 64, 2};

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "optimization steps", Range(1, 1'000'000));
    v("rays", rays, "rays per step, all of one view, to be compared with each other", Range(2, 1 << 14));
    v("pool_rays", pool_rays,
      "rays of the segments, traced once through the frozen radiance field; the steps draw from them",
      Range(64, 1 << 22));
    v("lr", lr, "learning rate of Adam for the field's grid", Range(1e-7, 1));
    v("network_lr", network_lr, "learning rate of the network behind it, as a share of lr", Range(1e-6, 100),
      Formerly("network_rate"));
    v("lr_final", lr_final, "learning rates at the end, as a share (exponential decay)", Range(1e-6, 1));
    v("beta2", beta2, "decay of Adam's second moment", Range(0.1, 0.99999));
    v("min_area", min_area, "segments with a smaller share of the picture are left out", Range(0, 0.99));
    v("on_top", on_top,
      "which of two overlapping masks keeps the pixel: the smaller, or the one with the higher confidence (predicted "
      "IoU)",
      OneOf(Choice{"smaller", OnTop::kSmaller}, Choice{"confident", OnTop::kConfident}),
      OptionMark().FormerChoice("surer", "confident"));
    field.Visit(v);
  }
};

}  // namespace sanerf::baselines
