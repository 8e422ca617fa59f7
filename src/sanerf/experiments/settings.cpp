#include "sanerf/experiments/settings.h"

namespace sanerf::experiments {

void ExperimentSettings::Register(OptionRegistry* registry) {
  pipeline::Settings::Register(registry);
  registry->Add({"sa3d", "compare", "the baseline SA3D"}, baselines.sa3d);
  registry->Add({"isrf", "compare", "the baseline ISRF"}, baselines.isrf);
  registry->Add({"panoptic_lifting", "compare --auto", "the baseline Panoptic Lifting"}, baselines.panoptic_lifting);
  registry->Add({"contrastive_lift", "compare --auto", "the baseline Contrastive Lift"}, baselines.contrastive_lift);
}

}  // namespace sanerf::experiments
