// What every way of segmenting an object in unseen views has in common: the method itself and what it is compared with.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

class Segmenter {
 public:
  virtual ~Segmenter() = default;

  // What is done once for these objects, before any view is asked for. Throws Error, UsageError as the mask decoder
  // does.
  virtual void Fit(const mask_decoder::Prompts& prompts, const Job& job) = 0;
  // One mask per object of the prompts, in their order: 0/255 at the photo's size, all 0 where the object is not
  // seen. A method that finds the objects by itself is given no prompts and returns one mask for each it has found, in
  // the same order for every view. After Fit.
  virtual std::vector<ImageU8> MasksFor(int view_idx, const Job& job) = 0;
  // What a table of results should say beside the method's name; empty = nothing. After Fit.
  virtual std::string Remarks() const { return ""; }
};

}  // namespace sanerf::segmentation
