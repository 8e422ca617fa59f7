// How an object becomes a mesh (mesh.h).
#pragma once

#include "sanerf/core/option_values.h"

namespace sanerf::exports {

struct MeshOptions {
  int resolution = 256;
  int faces = 50'000;
  int texture = 2048;
  int views = 100;
  int view_size = 512;
  double keep = 0.05;

  template <class V>
  void Visit(V&& v) {
    v("resolution", resolution, "cells along the longest side of the object's box", Range(16, 512));
    v("faces", faces, "triangles, at most", Range(100, 5'000'000));
    v("texture", texture, "width and height of the texture in pixels (0 = colors of the corners alone)",
      Range(64, 8192).OrZero());
    v("views", views, "photos' cameras that the surface is seen from, at most", Range(2, 2000));
    v("view_size", view_size, "longest side in pixels of the part of each view that shows the object", Range(32, 4096));
    v("keep", keep, "parts that are smaller, or seen by fewer photos, than this share of the largest are left out",
      Range(0, 1));
  }
};

}  // namespace sanerf::exports
