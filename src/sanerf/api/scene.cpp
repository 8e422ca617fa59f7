#include "sanerf/api/scene.h"

#include "sanerf/core/camera.h"
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

Camera FromCamera(const sanerf::Camera& from) {
  Camera to{from.width, from.height, from.fx, from.fy, from.cx, from.cy};
  const LensTerms& t = from.lens.terms();
  to.k1 = t.k1, to.k2 = t.k2, to.k3 = t.k3, to.k4 = t.k4, to.k5 = t.k5, to.k6 = t.k6;
  to.p1 = t.p1, to.p2 = t.p2;
  to.s1 = t.s1, to.s2 = t.s2, to.s3 = t.s3, to.s4 = t.s4;
  to.lens = NameOf(from.lens.model());
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      to.world_from_cam[size_t(row * 4 + column)] = from.world_from_cam.rotation(row, column);
    to.world_from_cam[size_t(row * 4 + 3)] = from.world_from_cam.translation[row];
  }
  return to;
}

}  // namespace

sanerf::Camera ToCamera(const Camera& from) {
  if (from.width <= 0 || from.height <= 0 || !(from.fx > 0) || !(from.fy > 0))
    throw UsageError("a camera needs a size and focal lengths above 0");
  sanerf::Camera to;
  to.width = from.width;
  to.height = from.height;
  to.fx = from.fx;
  to.fy = from.fy;
  to.cx = from.cx;
  to.cy = from.cy;
  const auto model = LensModelNamed(from.lens);
  if (!model)
    throw UsageError("there is no lens named '" + from.lens + "'", "a camera's lens is perspective, fisheye, …");
  to.lens = Lens(*model, {from.k1, from.k2, from.k3, from.k4, from.k5, from.k6, from.p1, from.p2, from.s1, from.s2,
                          from.s3, from.s4});
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      to.world_from_cam.rotation(row, column) = from.world_from_cam[size_t(row * 4 + column)];
    to.world_from_cam.translation[row] = from.world_from_cam[size_t(row * 4 + 3)];
  }
  return to;
}

Scene::Scene(std::shared_ptr<const sanerf::scene::Scene> scene) : scene_(std::move(scene)) {}

Scene Scene::Open(const std::filesystem::path& folder, const Options& options, const Job& job) {
  return Scene(std::make_shared<const sanerf::scene::Scene>(scene::LoadScene(folder, options.settings().scene, job)));
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
