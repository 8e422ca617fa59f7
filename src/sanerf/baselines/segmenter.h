// What every way of segmenting an object in unseen views has in common: the method itself and what it is compared with.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/mask_decoder/prompts.h"

namespace sanerf {

class Segmenter {
 public:
  virtual ~Segmenter() = default;

  // What is done once for these objects, before any view is asked for. Throws Error, UsageError as the mask decoder
  // does.
  virtual void Fit(const Prompts& prompts) = 0;
  // One mask per object of the prompts, in their order: 0/255 at the photo's size, all 0 where the object is not
  // seen. After Fit.
  virtual std::vector<ImageU8> MasksFor(int view_idx) = 0;
};

}  // namespace sanerf
