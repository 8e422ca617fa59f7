// Ground truth by view: the scene's instance masks, or a folder of masks that are named as the views.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "sanerf/scene/scene.h"

namespace sanerf {

class GroundTruth {
 public:
  // folder: empty = the scene's own. Throws UsageError when there is no such folder.
  explicit GroundTruth(const std::filesystem::path& folder);

  // 0/255 at the view's size, none when there is no ground truth for this view. instance < 0: any value but 0.
  // Throws Error when the mask's size is not the photo's.
  std::optional<ImageU8> MaskOf(const View& view, int instance) const;

  bool from_folder() const { return from_folder_; }

 private:
  bool from_folder_ = false;
  std::map<std::string, std::filesystem::path> files_;
};

}  // namespace sanerf
