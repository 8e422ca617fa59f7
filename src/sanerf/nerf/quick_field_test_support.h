// For tests: the procedural scene, small, and a radiance field trained on it in a few seconds.
#pragma once

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/made_once_test_support.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {

struct QuickField {
  scene::Scene scene;
  NerfModel nerf;
};

// 64 x 64 pixels; files are written into the folder.
inline QuickField TrainQuickField(const TestFolder& folder, int num_views) {
  CopyOfWhatIsMadeOnce(folder, "quick_field_" + std::to_string(num_views), [&](const std::filesystem::path& made) {
    synth::WriteSynthScene(made / "scene", synth::SmallScene(num_views, 64), Job());
    NerfOptions o;
    o.iters = 500;
    o.batch_samples = 1 << 14;
    o.log2_table = 15;
    o.levels = 8;
    o.top = 256;
    o.occupancy_resolution = 64;
    o.step = 0.01f;
    o.near_gradients = 0;  // in so few steps the first fog has to go, and no other has time to form
    TrainNerf(scene::LoadScene(made / "scene", {}, Job()), o, {made / "nerf.ckpt", made / "nerf.jsonl", false}, Job());
  });
  return {scene::LoadScene(folder / "scene", {}, Job()), NerfModel::Load(folder / "nerf.ckpt")};
}

}  // namespace sanerf::nerf
