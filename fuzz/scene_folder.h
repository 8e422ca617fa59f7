// A scene folder in memory with four tiny photos, images/0.png to images/3.png or in another folder, for the readers of
// scenes.
#pragma once

#include <cmath>
#include <string>

#include "fuzz.h"
#include "sanerf/core/camera.h"
#include "sanerf/core/geometry.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/png_codec.h"

namespace sanerf::fuzz {

inline constexpr int kNumPhotos = 4, kPhotoWidth = 16, kPhotoHeight = 12;

inline std::string PhotoName(int i) { return "images/" + std::to_string(i) + ".png"; }

// Where photo i is taken from: a ring around the origin, z up.
inline Pose RingPose(int i) {
  const double angle = 2 * M_PI / kNumPhotos * i;
  return LookAt({2 * std::cos(angle), 2 * std::sin(angle), 1}, Vec3::Zero());
}

class SceneFolder : public Folder {
 public:
  explicit SceneFolder(const std::string& photos = "images/") {
    for (int i = 0; i < kNumPhotos; ++i)
      Write(photos + std::to_string(i) + ".png", EncodePng(ImageU8(kPhotoWidth, kPhotoHeight, 3, uint8_t(40 * i))));
  }
};

}  // namespace sanerf::fuzz
