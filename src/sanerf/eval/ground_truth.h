// Ground truth by view: the scene's instance masks, or a folder of masks that are named as the views.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/scene/scene.h"

namespace sanerf::eval {

// 0/255 at the view's size: an instance of the scene's own masks, or all of them (instance < 0). None when the view has
// none. Throws as LoadViewInstances.
std::optional<ImageU8> TruthMask(const scene::View& view, int instance);

class GroundTruth {
 public:
  // folder: empty = the scene's own; else its files are matched with the names of `views`, see scene/mask_files.h.
  // Throws UsageError when there is no such folder, Error when it is not clear which view a file belongs to.
  GroundTruth(const std::filesystem::path& folder, const std::vector<scene::View>& views);

  // 0/255 at the view's size, none when there is no ground truth for this view. instance < 0: all that is not
  // background: any value but 0; the bright half of a JPEG; what the alpha channel of a *_cutout image keeps. A
  // folder's masks may have another scale than the photos: they are resampled, a pixel belongs to the object when half
  // of it does. Throws Error when the mask's shape is not the photo's.
  std::optional<ImageU8> MaskOf(const scene::View& view, int instance) const;

  // Whether a pixel of it is in one of these views' masks. instance: as above. Throws InterruptedError.
  bool Shows(int instance, const std::vector<scene::View>& views, const std::vector<int>& view_idxs,
             const Job& job) const;
  // The ids in these views' masks, without that of the background. Throws InterruptedError.
  std::set<int> InstancesIn(const std::vector<scene::View>& views, const std::vector<int>& view_idxs,
                            const Job& job) const;

  bool Has(const scene::View& view) const {
    return from_folder_ ? files_.count(view.name) > 0 : !view.mask_path.empty();
  }

  bool from_folder() const { return from_folder_; }
  // For the caller to report: files of the folder that fit no view.
  const std::vector<std::string>& unmatched_files() const { return unmatched_files_; }

 private:
  bool from_folder_ = false;
  std::map<std::string, std::filesystem::path> files_;  // by the view's name
  std::vector<std::string> unmatched_files_;
};

}  // namespace sanerf::eval
