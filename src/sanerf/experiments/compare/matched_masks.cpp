#include "sanerf/experiments/compare/matched_masks.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/scene/instance_masks.h"

namespace sanerf::experiments {

MatchedMasks::MatchedMasks(const scene::Scene& scene, const std::vector<int>& views,
                           const std::vector<eval::ObjectScore>& instances)
    : scene_(scene), views_(views), row_of_(size_t{1} << 16, 0), pixels_(instances.size() + 1) {
  for (size_t i = 0; i < instances.size(); ++i) row_of_[size_t(instances[i].instance)] = i + 1;
}

void MatchedMasks::Add(const std::vector<ImageU8>& masks, const Job& job) {
  if (masks_.empty()) {
    for (std::vector<int64_t>& row : pixels_) row.assign(masks.size() + 1, 0);
    double bits = 0;
    for (const int v : views_) {
      const Camera& camera = scene_.views[size_t(v)].camera;
      bits += double(masks.size()) * camera.width * camera.height;
    }
    CheckMemory(fmt::format("the masks of {} in {}", Counted(int64_t(masks.size()), "found object"),
                            Counted(int64_t(views_.size()), "view")),
                bits / 8, "compare on fewer held-out views, or on smaller photos", job);
  }
  const scene::View& view = scene_.views[size_t(views_.at(masks_.size()))];
  masks_.emplace_back();
  for (const ImageU8& mask : masks) masks_.back().push_back(BitMask::Above<uint8_t>(mask, 0));
  if (view.mask_path.empty()) return;
  const ImageU16 ids = scene::LoadViewInstances(view);
  for (size_t p = 0; p < ids.data.size(); ++p) {
    const auto is_there = [&](const ImageU8& mask) { return mask.data[p] != 0; };
    const auto first = std::find_if(masks.begin(), masks.end(), is_there);
    ++pixels_[row_of_[ids.data[p]]][first == masks.end() ? 0 : size_t(first - masks.begin()) + 1];
  }
}

void MatchedMasks::Match() { matches_ = MatchByOverlap(pixels_); }

std::vector<ImageU8> MatchedMasks::Of(size_t v) const {
  const Camera& camera = scene_.views[size_t(views_.at(v))].camera;
  std::vector<ImageU8> matched;
  for (const InstanceToObject& match : matches_)
    matched.push_back(match.object >= 0 ? masks_[v][size_t(match.object)].ToImage()
                                        : ImageU8(camera.width, camera.height, 1));
  return matched;
}

int MatchedMasks::num_spurious() const {
  const auto is_good = [](const InstanceToObject& match) { return match.object >= 0 && match.iou >= kMatchedIou; };
  return int(masks_.at(0).size()) - int(std::count_if(matches_.begin(), matches_.end(), is_good));
}

}  // namespace sanerf::experiments
