// Pixels of a view, the rays through them, and what is seen along a ray.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"

namespace sanerf::nerf {

struct PixelBlock {
  int x0, y0, x1, y1;  // x1 and y1 excluded
};
// Some pixels of a view; a camera alone stands for all of them. A part that begins at multiples of 16 has the bytes
// that it has in the whole: views are rendered in blocks of 16 x 16 pixels, counted from the part's first one.
struct PartOfView {
  PartOfView(const Camera& c) : camera(c), pixels{0, 0, c.width, c.height} {}  // NOLINT: meant to be implicit
  PartOfView(const Camera& c, const PixelBlock& p) : camera(c), pixels(p) {}

  Camera camera;  // of the whole view
  PixelBlock pixels;
  int width() const { return pixels.x1 - pixels.x0; }
  int height() const { return pixels.y1 - pixels.y0; }
};

struct Ray {
  float origin[3], direction[3];  // model frame, unit direction
  float z_per_t;                  // z-depth (model units) per unit of the ray parameter
  float time = 0;                 // of scenes over time, 0 to 1: the camera's
};

// camera: model frame. Where its lens sees nothing, a ray that meets nothing.
Ray MakeRay(const Camera& camera, const Vec2& px);
std::vector<Ray> RaysOf(const Camera& model_camera, const PixelBlock& block);  // row by row

struct RenderedRay {
  float rgb[3];        // over the model's background, [0, 1]
  float opacity = 0;   // [0, 1]
  float median_t = 0;  // ray parameter where half of the light is absorbed; 0 where opacity < 0.5
};

}  // namespace sanerf::nerf
