#include "sanerf/api/radiance_field.h"

#include "sanerf/api/camera_access.h"
#include "sanerf/api/library_access.h"
#include "sanerf/core/files.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf::api {

RadianceField::RadianceField(std::shared_ptr<const nerf::NerfModel> model) : model_(std::move(model)) {}

RadianceField RadianceField::Train(const Scene& scene, const std::filesystem::path& checkpoint, const Options& options,
                                   const Job& job) {
  const std::filesystem::path folder = std::filesystem::absolute(checkpoint).parent_path();
  EnsureWritableFolder(folder);
  nerf::NerfTrainFiles files;
  files.checkpoint = checkpoint;
  files.log = folder / "log.jsonl";
  files.resume = true;
  return RadianceField(std::make_shared<const nerf::NerfModel>(
      nerf::TrainNerf(*LibraryAccess::SceneOf(scene), LibraryAccess::SettingsOf(options).nerf, files, job)));
}

RadianceField RadianceField::Load(const std::filesystem::path& checkpoint) {
  return RadianceField(std::make_shared<const nerf::NerfModel>(nerf::NerfModel::Load(checkpoint)));
}

Rendering RadianceField::Render(const Camera& camera, const Job& job) const {
  nerf::RenderedView view = model_->Render(ToCamera(camera), job);
  return {std::move(view.rgb), std::move(view.depth), std::move(view.opacity)};
}

}  // namespace sanerf::api
