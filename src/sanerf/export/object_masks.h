// The exported objects in the photos: a mask of each, as `render` shows it, at the photo's size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/export/export_input.h"

namespace sanerf::exports {

struct MasksOfView {
  std::vector<ImageU8> masks;         // by object, 0 or 255, upright
  std::vector<ImageF> probabilities;  // by object; none when they were not asked for
  ImageU8 numbers;                    // which object (1, 2, …) each pixel shows, 0 = none of them
};

class ObjectMasks {
 public:
  // longest_side: as PhotoOptions has it. The input must outlive it. Throws Error when a photo needs more memory than
  // there is.
  ObjectMasks(const ExportInput& input, const std::vector<int>& views, int longest_side, const Job& job);

  MasksOfView Of(const scene::View& view, bool with_probabilities, const Job& job);
  // Pixels of all masks so far, by object.
  const std::vector<int64_t>& num_pixels() const { return num_pixels_; }
  // After the last view. Throws Error when no object has a pixel anywhere; warns of those that have none.
  void CheckNotEmpty(const Job& job) const;

 private:
  const ExportInput& input_;
  const int longest_side_;
  std::vector<int64_t> num_pixels_;
};

// Throws Error when no object has a pixel; warns of those that have none.
void CheckObjectsHavePixels(const std::vector<std::string>& names, const std::vector<int64_t>& num_pixels,
                            const Job& job);

// The sentence for objects that nothing is to be seen of.
[[noreturn]] void ThrowEmpty(const std::vector<std::string>& names, const std::string& why);

}  // namespace sanerf::exports
