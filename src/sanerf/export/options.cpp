#include "sanerf/export/options.h"

namespace sanerf::exports {

void AddTo(OptionRegistry& registry, ExportOptions& options) {
  registry.Add({"export", "export", "pictures and data sets of the photos"}, options.photos);
  registry.Add({"video", "export --format video", "videos"}, options.video);
  registry.Add({"splats", "export --format splat", "3D Gaussians"}, options.splats);
  registry.Add({"cloud", "export --format ply", "point clouds"}, options.cloud);
  registry.Add({"mesh", "export --format glb", "meshes"}, options.mesh);
  registry.Add({"voxels", "export --format voxels", "voxels"}, options.voxels);
}

}  // namespace sanerf::exports
