// Ways to segment a run's objects in its held-out views, by name: the method itself and what it is compared with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/baselines/segmenter.h"
#include "sanerf/pipeline/object_store.h"

namespace sanerf {

struct MethodInput {
  const RunFolder& run;
  const Scene& scene;
  const NerfModel& nerf;
  const Settings& settings;
  const std::vector<StoredObject>& objects;
  const std::vector<int>& views;  // that will be asked for
};

struct Method {
  std::string name, help;
  std::function<std::unique_ptr<Segmenter>(const MethodInput&)> make;
};

inline constexpr const char* kOwnMethod = "sanerf";

// kOwnMethod first.
const std::vector<Method>& Methods();
// Throws UsageError with the nearest names.
const Method& FindMethod(const std::string& name);

}  // namespace sanerf
