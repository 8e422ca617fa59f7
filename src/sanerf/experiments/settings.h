// The options of everything that can be run, the baselines included.
#pragma once

#include "sanerf/baselines/options.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::experiments {

struct BaselineOptions {
  baselines::Sa3dOptions sa3d;
  baselines::IsrfOptions isrf;
  baselines::PanopticLiftingOptions panoptic_lifting;
  baselines::ContrastiveLiftOptions contrastive_lift;
};

class ExperimentSettings : public pipeline::Settings {
 public:
  BaselineOptions baselines;

 protected:
  void Register(OptionRegistry* registry) override;
};

}  // namespace sanerf::experiments
