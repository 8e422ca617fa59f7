#include "sanerf/scene/mask_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/lower_case.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 4> kSuffixes = {"_mask", "", "_pseudo", "_cutout"};  // by preference
constexpr std::array<std::string_view, 6> kExtensions = {".npy", ".png", ".jpg", ".jpeg", ".hdf5", ".h5"};  // likewise

// Positions in the header's lists: smaller fits better.
struct Fit {
  int name = 0, suffix = 0, extension = 0;
  auto Key() const { return std::tie(name, suffix, extension); }
};

struct MaskFile {
  fs::path path;
  std::string inside;  // path inside the folder
  std::string flat;    // the same as one name
  int extension = 0;
};

struct ViewName {
  std::string flat, stem;
};

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::vector<MaskFile> ListMaskFiles(const fs::path& folder) {
  std::vector<MaskFile> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const auto known = std::find(kExtensions.begin(), kExtensions.end(), LowerExtension(entry.path()));
    if (!ExistsAsFile(entry.path()) || known == kExtensions.end()) continue;
    const std::string inside = entry.path().lexically_relative(folder).generic_string();
    files.push_back({entry.path(), inside, FlatName(inside), int(known - kExtensions.begin())});
  }
  std::sort(files.begin(), files.end(), [](const MaskFile& a, const MaskFile& b) { return a.inside < b.inside; });
  return files;
}

// Without leading zeros; empty when it is not a number.
std::string_view AsNumber(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  return text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
}

std::optional<int> NameFit(std::string_view name, const ViewName& view) {
  if (name == view.flat) return 0;
  if (name == view.stem) return 1;
  if (const std::string_view number = AsNumber(name); !number.empty() && number == AsNumber(view.stem)) return 2;
  if (EndsWith(name, view.stem) && name[name.size() - view.stem.size() - 1] == '_') return 3;
  return std::nullopt;
}

std::optional<Fit> BestFit(const MaskFile& file, const ViewName& view) {
  std::optional<Fit> best;
  for (size_t suffix = 0; suffix < kSuffixes.size(); ++suffix) {
    if (!EndsWith(file.flat, kSuffixes[suffix])) continue;
    const std::string_view name = std::string_view(file.flat).substr(0, file.flat.size() - kSuffixes[suffix].size());
    const auto fit = NameFit(name, view);
    if (fit && (!best || *fit < best->name)) best = Fit{*fit, int(suffix), file.extension};
  }
  return best;
}

struct Owner {
  size_t view = 0;
  Fit fit;
};

// The views that the file fits best; the held-out ones when there are several.
std::vector<Owner> OwnersOf(const MaskFile& file, const std::vector<const View*>& views,
                            const std::vector<ViewName>& names) {
  std::vector<Owner> owners;
  for (size_t v = 0; v < views.size(); ++v) {
    const auto fit = BestFit(file, names[v]);
    if (!fit || (!owners.empty() && fit->name > owners[0].fit.name)) continue;
    if (!owners.empty() && fit->name < owners[0].fit.name) owners.clear();
    owners.push_back({v, *fit});
  }
  const auto is_train = [&](const Owner& owner) { return !views[owner.view]->is_test; };
  if (owners.size() > 1 && !std::all_of(owners.begin(), owners.end(), is_train)) {
    owners.erase(std::remove_if(owners.begin(), owners.end(), is_train), owners.end());
  }
  return owners;
}

}  // namespace

std::string FlatName(const std::string& view_name) {
  std::string flat = fs::path(view_name).replace_extension().generic_string();
  std::replace(flat.begin(), flat.end(), '/', '_');
  return flat;
}

bool IsHdf5(const fs::path& path) {
  const std::string extension = LowerExtension(path);
  return extension == ".hdf5" || extension == ".h5";
}

MaskMatches MatchMasks(const fs::path& folder, const std::vector<const View*>& views) {
  std::vector<ViewName> names;
  for (const View* view : views) names.push_back({FlatName(view->name), fs::path(view->name).stem().string()});

  MaskMatches matches;
  matches.of_view.resize(views.size());
  std::vector<std::optional<Fit>> best(views.size());
  for (const MaskFile& file : ListMaskFiles(folder)) {
    const std::vector<Owner> owners = OwnersOf(file, views, names);
    if (owners.empty()) {
      matches.unmatched.push_back(file.inside);
      continue;
    }
    if (owners.size() > 1) {
      throw Error(file.path.string(),
                  fmt::format("it fits the views {} and {}", views[owners[0].view]->name, views[owners[1].view]->name),
                  fmt::format("name it after the whole path of its view: {}", names[owners[0].view].flat));
    }
    const auto [v, fit] = owners[0];
    if (best[v] && best[v]->Key() == fit.Key()) {
      throw Error(
          folder.string(),
          fmt::format("{} and {} are both named as the mask of {}",
                      matches.of_view[v].lexically_relative(folder).generic_string(), file.inside, views[v]->name),
          "give the folder that holds one mask per view");
    }
    if (best[v] && best[v]->Key() < fit.Key()) continue;
    best[v] = fit;
    matches.of_view[v] = file.path;
  }
  return matches;
}

}  // namespace sanerf::scene
