// Which file of a folder is the mask of which photo, and what such files hold.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/scene/scene.h"

namespace sanerf::scene {

struct MaskMatches {
  std::vector<std::filesystem::path> of_view;  // one per view, empty where the folder has none for it
  std::vector<std::string> unmatched;          // files that fit no view, by their path inside the folder
};

// Looks at the PNG, JPEG, .npy and HDF5 files of the folder and of those inside it. A file belongs to the view that it
// is named after; the first of these that holds for any view decides, here for the view train/0007.jpg:
//   train_0007 or train/0007  the view's path        0007             its file name
//   7                         its number             anything_0007    its file name behind a folder or another word
// Each may end in _mask, _pseudo or _cutout (in this order of preference: X_mask, X, X_pseudo, X_cutout, since the
// photo itself may lie beside X_mask, and the other two are pictures for people). Of one name .npy goes before PNG
// before JPEG. A file that fits several views belongs to those that are held out. Throws Error when it is not clear
// which view a file belongs to, or which of several files is a view's.
MaskMatches MatchMasks(const std::filesystem::path& folder, const std::vector<const View*>& views);

bool IsHdf5(const std::filesystem::path& path);  // by its extension
// A view's name, or any path, as one file name without extension: "train/000.png" -> "train_000".
std::string FlatName(const std::string& view_name);

}  // namespace sanerf::scene
