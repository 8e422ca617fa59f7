// A radiance field of a few kilobytes, as a seed and for readers of what belongs to one.
#pragma once

#include <filesystem>

#include "sanerf/core/job.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/scene.h"
#include "scene_folder.h"

namespace sanerf::fuzz {

// The photos of the folder, which must outlive it, in a space that goes on beyond what they look at.
inline scene::Scene TinyScene(const SceneFolder& folder) {
  scene::Scene scene;
  for (int i = 0; i < kNumPhotos; ++i) {
    scene::View& view = scene.views.emplace_back();
    view.name = PhotoName(i), view.image_path = folder.path() / view.name;
    view.camera.width = kPhotoWidth, view.camera.height = kPhotoHeight, view.camera.fx = view.camera.fy = 20;
    view.camera.cx = 8, view.camera.cy = 6, view.camera.world_from_cam = RingPose(i);
  }
  scene.extent = 2;
  return scene;
}

inline nerf::NerfOptions TinyNerfOptions() {
  nerf::NerfOptions options;
  options.levels = 8, options.log2_table = 8, options.base = options.top = 2;
  options.density_width = options.color_width = 16, options.color_layers = 1;
  options.occupancy_resolution = 8;
  return options;
}

// Trained until there is something that rays end in; what it shows is of no interest.
inline void WriteTinyRadianceField(const scene::Scene& scene, const std::filesystem::path& path, bool finished) {
  nerf::NerfTrainer trainer(scene, TinyNerfOptions(), Job());
  while (trainer.step() < 50) trainer.Step();
  trainer.Save(path, finished);
}

}  // namespace sanerf::fuzz
