// Scenes for tests that ask for sizes only: views without photos.
#pragma once

#include "sanerf/scene/scene.h"

namespace sanerf::scene {

inline Scene PhotosOf(int num_views, int width, int height) {
  Scene scene;
  for (int i = 0; i < num_views; ++i) {
    View view;
    view.camera.width = width;
    view.camera.height = height;
    scene.views.push_back(view);
  }
  return scene;
}

}  // namespace sanerf::scene
