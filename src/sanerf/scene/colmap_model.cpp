#include "sanerf/scene/colmap_model.h"

#include <algorithm>
#include <array>

namespace sanerf::scene {
namespace {

constexpr std::array<ColmapLens, 11> kLenses = {{{"SIMPLE_PINHOLE", 3},
                                                 {"PINHOLE", 4},
                                                 {"SIMPLE_RADIAL", 4},
                                                 {"RADIAL", 5},
                                                 {"OPENCV", 8},
                                                 {"OPENCV_FISHEYE", 8},
                                                 {"FULL_OPENCV", 12},
                                                 {"FOV", 5},
                                                 {"SIMPLE_RADIAL_FISHEYE", 4},
                                                 {"RADIAL_FISHEYE", 5},
                                                 {"THIN_PRISM_FISHEYE", 12}}};

}  // namespace

const ColmapLens* ColmapLensByNumber(int64_t number) {
  return number >= 0 && number < int64_t(kLenses.size()) ? &kLenses[number] : nullptr;
}

const ColmapLens* ColmapLensByName(const std::string& name) {
  const auto lens = std::find_if(kLenses.begin(), kLenses.end(), [&](const ColmapLens& l) { return name == l.name; });
  return lens == kLenses.end() ? nullptr : &*lens;
}

}  // namespace sanerf::scene
