// Which training photos show which backdrop: whether the capture is a turntable's, and what is done about it.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/backdrop.h"
#include "sanerf/nerf/options.h"

namespace sanerf::nerf {

class PhotoBackdrops {
 public:
  PhotoBackdrops() = default;  // none
  // images: 3 channels; cameras: of the photos, in one frame. Says what was found: a warning when it is a turntable's
  // capture and nothing is to be done about it.
  PhotoBackdrops(const std::vector<ImageU8>& images, const std::vector<Camera>& cameras, Turntable turntable,
                 const Job& job);

  bool empty() const { return backdrops_.empty(); }
  const std::vector<Backdrop>& backdrops() const { return backdrops_; }

  struct Behind {
    bool is_known = false;
    float rgb[3] = {0, 0, 0};  // sRGB-encoded [0, 1], as bright as in this photo
    bool is_shown = false;     // the photo shows it here for certain
  };
  Behind At(int photo, int x, int y) const;

 private:
  struct InPhoto {
    int backdrop = -1;
    BackdropInPhoto found;
  };
  std::vector<Backdrop> backdrops_;
  std::vector<InPhoto> photos_;
};

}  // namespace sanerf::nerf
