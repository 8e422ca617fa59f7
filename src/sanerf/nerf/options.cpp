#include "sanerf/nerf/options.h"

#include "sanerf/core/error.h"
#include "sanerf/core/options.h"

namespace sanerf {

NerfOptions NerfPreset(const std::string& name) {
  NerfOptions o;
  if (name == "default") return o;
  if (name == "fast") {
    o.iters = 1600;
    o.batch_samples = 1 << 15;
    o.log2_table = 17;
    return o;
  }
  if (name == "paper") {
    o.iters = 15000;
    o.batch_samples = 1 << 18;
    o.density_layers = 2;
    return o;
  }
  const std::string near = DidYouMean(name, {"fast", "default", "paper"});
  throw UsageError("preset '" + name + "'", "unknown preset", near.empty() ? "use fast, default or paper" : near);
}

}  // namespace sanerf
