#include "sanerf/api/scene.h"

#include "sanerf/api/camera_access.h"
#include "sanerf/api/library_access.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"

namespace sanerf::api {
namespace {

const scene::View& ViewOf(const sanerf::scene::Scene& scene, int view) {
  if (view >= 0 && size_t(view) < scene.views.size()) return scene.views[size_t(view)];
  throw UsageError("there is no view " + std::to_string(view), "the scene has " + std::to_string(scene.views.size()));
}

}  // namespace

Scene::Scene(std::shared_ptr<const sanerf::scene::Scene> scene) : scene_(std::move(scene)) {}

Scene Scene::Open(const std::filesystem::path& folder, const Options& options, const Job& job) {
  return Scene(std::make_shared<const sanerf::scene::Scene>(
      scene::LoadScene(folder, LibraryAccess::SettingsOf(options).scene, job)));
}

int Scene::num_views() const { return int(scene_->views.size()); }
const std::string& Scene::name(int view) const { return ViewOf(*scene_, view).name; }
Camera Scene::camera(int view) const { return FromCamera(ViewOf(*scene_, view).camera); }
bool Scene::is_test(int view) const { return ViewOf(*scene_, view).is_test; }
std::vector<int> Scene::train_views() const { return scene_->TrainViews(); }
std::vector<int> Scene::test_views() const { return scene_->TestViews(); }
int Scene::Find(const std::string& name) const { return scene_->FindView(name); }

ImageF Scene::Photo(int view) const {
  const float white[3] = {1, 1, 1};
  return CompositeOver(scene::LoadViewImage(ViewOf(*scene_, view)), white);
}

ImageU8 Scene::TrueMask(int view, int instance) const {
  return eval::GroundTruth("", scene_->views).MaskOf(ViewOf(*scene_, view), instance).value_or(ImageU8());
}

}  // namespace sanerf::api
