#include "sanerf/experiments/settings.h"

namespace sanerf::experiments {

OptionRegistry RegistryOf(ExperimentSettings& settings) {
  OptionRegistry registry = pipeline::RegistryOf(settings);
  AddTo(registry, settings.exporting);
  BaselineOptions& baselines = settings.baselines;
  registry.Add({"sa3d", "compare", "the baseline SA3D"}, baselines.sa3d);
  registry.Add({"isrf", "compare", "the baseline ISRF"}, baselines.isrf);
  registry.Add({"panoptic_lifting", "compare --auto", "the baseline Panoptic Lifting"}, baselines.panoptic_lifting);
  registry.Add({"contrastive_lift", "compare --auto", "the baseline Contrastive Lift"}, baselines.contrastive_lift);
  return registry;
}

}  // namespace sanerf::experiments
