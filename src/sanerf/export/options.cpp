#include "sanerf/export/options.h"

namespace sanerf::exports {

void AddTo(OptionRegistry& registry, ExportOptions& options) {
  registry.Add({"export", "export", "pictures and data sets of the photos"}, options.photos);
  registry.Add({"video", "export --format video", "videos"}, options.video);
  registry.Add({"splats", "export --format splat", "3D Gaussians"}, options.splats);
}

}  // namespace sanerf::exports
