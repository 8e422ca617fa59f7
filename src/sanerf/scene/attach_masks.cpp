// Ground truth that lies in a folder beside the photos.
#include "sanerf/scene/attach_masks.h"

#include <fmt/format.h>

#include "sanerf/scene/listing.h"
#include "sanerf/scene/mask_files.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
void AttachMasks(SceneListing& listing, const fs::path& folder) {
  std::error_code ec;
  if (!fs::is_directory(folder, ec)) return;
  std::vector<const View*> views;
  for (const ListedView& listed : listing.views) views.push_back(&listed.view);
  const MaskMatches matches = MatchMasks(folder, views);

  const std::string where = NameInScene(listing.root, folder);
  std::vector<std::string> without;
  for (size_t v = 0; v < views.size(); ++v) {
    View& view = listing.views[v].view;
    if (!view.mask_path.empty() || !listing.views[v].mask.empty()) continue;
    if (matches.of_view[v].empty()) {
      without.push_back(view.name);
    } else {
      view.mask_path = matches.of_view[v];
    }
  }
  if (!without.empty() && without.size() < views.size()) {
    listing.warnings.push_back(fmt::format("photos without a mask in {} ({} of {}): {}", where, without.size(),
                                           views.size(), ListOfNames(without)));
  }
  if (!matches.unmatched.empty()) {
    listing.warnings.push_back(fmt::format("files in {} that fit no photo ({}): {}", where, matches.unmatched.size(),
                                           ListOfNames(matches.unmatched)));
  }
}

void AttachLabels(SceneListing& listing, const fs::path& photos) {
  std::error_code ec;
  if (fs::is_directory(photos / "label", ec)) return AttachMasks(listing, photos / "label");
  for (const fs::path& folder : ImageFolders(listing.root)) {
    if (!fs::is_directory(folder / "label", ec)) continue;
    listing.warnings.push_back(
        fmt::format("the masks in {} belong to photos of another size and are not the scene's ground truth; score with "
                    "--masks {}",
                    NameInScene(listing.root, folder / "label"), (folder / "label").string()));
    return;
  }
}

}  // namespace sanerf::scene
