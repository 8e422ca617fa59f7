// A scene folder in memory with four tiny photos, images/0.png to images/3.png, for the readers of scenes.
#pragma once

#include <string>

#include "fuzz.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/png_codec.h"

namespace sanerf::fuzz {

class SceneFolder : public Folder {
 public:
  SceneFolder() {
    for (int i = 0; i < 4; ++i)
      Write("images/" + std::to_string(i) + ".png", EncodePng(ImageU8(16, 12, 3, uint8_t(40 * i))));
  }
};

}  // namespace sanerf::fuzz
