// For tests: a SegmentationInput on what the test itself owns, and keeps for longer.
#pragma once

#include <memory>

namespace sanerf::segmentation {

template <class T>
std::shared_ptr<const T> Borrowed(const T& value) {
  return {std::shared_ptr<const T>(), &value};
}

}  // namespace sanerf::segmentation
