// The options of everything that can be run, the baselines included.
#pragma once

#include "sanerf/baselines/options.h"
#include "sanerf/export/options.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::experiments {

struct BaselineOptions {
  baselines::Sa3dOptions sa3d;
  baselines::IsrfOptions isrf;
  baselines::PanopticLiftingOptions panoptic_lifting;
  baselines::ContrastiveLiftOptions contrastive_lift;
};

struct ExperimentSettings : pipeline::Settings {
  exports::ExportOptions exporting;  // of no stage that makes a run: no run records them
  BaselineOptions baselines;
};

// Refers to `settings`; the baselines' stages come last.
OptionRegistry RegistryOf(ExperimentSettings& settings);

}  // namespace sanerf::experiments
