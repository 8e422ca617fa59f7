// Whether a radiance field shows what it has not seen better than pictures that take no training.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/backdrop.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// PSNR in dB over the pixels of a few held-out views together, at a small size.
struct HeldOutPsnr {
  double field = 0;
  double nearest_photo = 0;  // the training photo of the nearest camera, shown in the view's place
  double flat_color = 0;     // the mean of those photos, everywhere

  bool IsUseless() const { return field <= nearest_photo || field <= flat_color; }
};

// render: what the field shows of a camera (file frame), RGB. backdrops: of a turntable, whose pixels do not count.
// None without held-out views.
std::optional<HeldOutPsnr> CompareWithTrivialPictures(const scene::Scene& scene,
                                                      const std::function<ImageF(const Camera&)>& render,
                                                      const std::vector<Backdrop>& backdrops = {});

// Warns of a field that shows no more than they do. next: the command that trains it again.
void WarnIfUseless(const HeldOutPsnr& psnr, const scene::Scene& scene, const std::string& next, const Job& job);

}  // namespace sanerf::nerf
