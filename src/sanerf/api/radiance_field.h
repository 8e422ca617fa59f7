// A radiance field: fitted to the photos of a scene, then looked at from anywhere.
#pragma once

#include <filesystem>
#include <memory>

#include "sanerf/api/options.h"
#include "sanerf/api/scene.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"

namespace sanerf::nerf {
class NerfModel;
}

namespace sanerf::api {

struct Rendering {
  ImageF rgb;      // 3 channels, sRGB-encoded [0, 1]
  ImageF depth;    // z-depth in scene units; 0 where nothing is
  ImageF opacity;  // [0, 1]
};

class RadianceField {
 public:
  // Options of the stage nerf. checkpoint: a file, written now and then while it trains; when it is there already and
  // of the same options and scene, training goes on from it, or is done. Progress goes to the job's sinks; a stop saves
  // and throws InterruptedError.
  static RadianceField Train(const Scene& scene, const std::filesystem::path& checkpoint, const Options& options,
                             const Job& job);
  // Also RUN/nerf/model.ckpt of the program. Throws Error when it is missing, broken or something else.
  static RadianceField Load(const std::filesystem::path& checkpoint);

  // Stops within a few milliseconds when the job is asked to: InterruptedError.
  Rendering Render(const Camera& camera, const Job& job) const;

 private:
  friend struct LibraryAccess;
  explicit RadianceField(std::shared_ptr<const nerf::NerfModel> model);
  std::shared_ptr<const nerf::NerfModel> model_;
};

}  // namespace sanerf::api
