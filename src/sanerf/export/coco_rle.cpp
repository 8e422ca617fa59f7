#include "sanerf/export/coco_rle.h"

#include "sanerf/core/pixel_window.h"

namespace sanerf::exports {

std::vector<uint32_t> RunsOf(const ImageU8& mask) {
  std::vector<uint32_t> runs = {0};
  bool is_inside = false;
  for (int x = 0; x < mask.width; ++x) {
    for (int y = 0; y < mask.height; ++y) {
      if ((mask.At(x, y) != 0) != is_inside) {
        is_inside = !is_inside;
        runs.push_back(0);
      }
      ++runs.back();
    }
  }
  return runs;
}

std::string TextOfRuns(const std::vector<uint32_t>& runs) {
  constexpr int kBits = 5;
  constexpr int64_t kGroup = (1 << kBits) - 1, kSign = 1 << (kBits - 1), kMore = 1 << kBits;
  constexpr char kFirstLetter = 48;
  std::string text;
  for (size_t i = 0; i < runs.size(); ++i) {
    int64_t value = int64_t(runs[i]);
    if (i > 2) value -= int64_t(runs[i - 2]);
    for (bool more = true; more;) {
      int64_t group = value & kGroup;
      value >>= kBits;  // the sign stays
      // The last group is the one whose highest bit says the sign of all that would follow.
      more = (group & kSign) != 0 ? value != -1 : value != 0;
      if (more) group |= kMore;
      text += char(group + kFirstLetter);
    }
  }
  return text;
}

CocoBox CocoBoxOf(const ImageU8& mask) {
  const PixelWindow window = WindowOf(mask);
  if (window.empty()) return {};
  return {window.x0, window.y0, window.width(), window.height()};
}

}  // namespace sanerf::exports
