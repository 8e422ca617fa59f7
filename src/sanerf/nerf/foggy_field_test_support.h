// For tests: the procedural scene and a radiance field after so few steps that it is fog with the first surfaces, whose
// rays have few and many samples; and what the field says about one point.
#pragma once

#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {

class FoggyFieldTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(8, 48), Job());
    scene_ = new scene::Scene(scene::LoadScene(*folder_ / "scene", {}, Job()));
    NerfOptions options;
    options.batch_samples = 1 << 13;
    options.log2_table = 13;
    options.levels = 8;
    options.top = 128;
    options.occupancy_resolution = 32;
    options.step = 0.02f;
    NerfTrainer trainer(*scene_, options, Job());
    for (int step = 0; step < 150; ++step) trainer.Step();
    nerf_ = new NerfModel(trainer.Model());
  }
  static void TearDownTestSuite() {
    delete nerf_;
    delete scene_;
    delete folder_;
  }
  void TearDown() override { SetNumThreads(0); }

  static Camera ModelCamera() { return scene_->views[2].camera.In(nerf_->model_from_file()); }
  static std::vector<Ray> Rays() {
    const Camera camera = ModelCamera();
    return RaysOf(camera, {0, 0, camera.width, camera.height});
  }
  // One that looks away from everything, out of the box.
  static Ray EmptyRay() {
    Ray ray = Rays()[0];
    for (int a = 0; a < 3; ++a) ray.origin[a] = a == 0 ? 50.f : 0.f, ray.direction[a] = a == 0 ? 1.f : 0.f;
    return ray;
  }

  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
  static inline NerfModel* nerf_;
};

// All other lanes of its tile are idle.
struct FieldAtPoint {
  std::array<float, 3> unit, color;
  std::array<float, RadianceField::kGeometry> geometry;
};
inline FieldAtPoint AskField(const RadianceField& field, const float p[3], const float direction[3]) {
  FieldAtPoint point;
  field.ToUnit(p, point.unit.data());
  nn::Buffer positions(3 * kernels::kTile, 0.5f), directions(3 * kernels::kTile),
      features(field.grid.num_outputs() * kernels::kTile), hidden(field.density.shape().HiddenWidth() * kernels::kTile),
      out(RadianceField::kGeometry * kernels::kTile), inputs(RadianceField::kColorInputs * kernels::kTile),
      color_hidden(field.color.shape().HiddenWidth() * kernels::kTile), rgb(3 * kernels::kTile);
  for (int a = 0; a < 3; ++a)
    positions[a * kernels::kTile] = point.unit[size_t(a)], directions[a * kernels::kTile] = direction[a];
  field.grid.Forward(positions.data(), 1, features.data());
  field.density.Forward(features.data(), 1, hidden.data(), out.data());
  field.Color(out.data(), directions.data(), 1, inputs.data(), color_hidden.data(), rgb.data());
  for (size_t c = 0; c < point.geometry.size(); ++c) point.geometry[c] = out[int64_t(c) * kernels::kTile];
  for (size_t c = 0; c < 3; ++c) point.color[c] = rgb[int64_t(c) * kernels::kTile];
  return point;
}

}  // namespace sanerf::nerf
