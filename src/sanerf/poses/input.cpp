#include "sanerf/poses/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/scene/listing.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWhatIsMeant = "name a folder of photos, or a video: sanerf poses PHOTOS --out SCENE";

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// The digits from `at` on without leading zeros, and where they end.
std::string NumberAt(const std::string& text, size_t at, size_t* end) {
  *end = at;
  while (*end < text.size() && IsDigit(text[*end])) ++*end;
  const size_t begin = std::min(text.find_first_not_of('0', at), *end);
  return text.substr(begin, *end - begin);
}

std::vector<fs::path> FoldersIn(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec))
    if (entry.is_directory(ec) && !entry.path().filename().string().starts_with(".")) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

// The folders that photos are taken from.
std::vector<fs::path> PhotoFolders(const fs::path& path) {
  for (const fs::path& folder : {path, path / "images", path / "input"})
    if (!scene::ImagesIn(folder).empty()) return {folder};
  std::vector<fs::path> folders = FoldersIn(path);
  std::erase_if(folders, [](const fs::path& folder) { return scene::ImagesIn(folder).empty(); });
  return folders;
}

[[noreturn]] void FailNoPhotos(const fs::path& path) {
  std::vector<std::string> videos;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(path, ec))
    if (scene::HasVideoExtension(entry.path())) videos.push_back(entry.path().string());
  std::sort(videos.begin(), videos.end());
  const std::string what = "no photos in " + path.string();
  if (videos.empty()) throw Error(what, "neither it nor its folders hold any", kWhatIsMeant);
  throw Error(what, "it holds " + Counted(int64_t(videos.size()), "video"),
              fmt::format("name the video: sanerf poses {} --out SCENE", ShellQuoted(videos[0])));
}

bool LiesIn(const fs::path& path, const fs::path& folder) {
  std::error_code missing;
  for (fs::path place = fs::weakly_canonical(path);; place = place.parent_path()) {
    if (fs::equivalent(place, folder, missing)) return true;
    if (place == place.parent_path()) return false;
  }
}

}  // namespace

fs::path PlainAbsolute(const fs::path& path) {
  const fs::path absolute = fs::absolute(path).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

bool NaturalLess(const std::string& a, const std::string& b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (IsDigit(a[i]) && IsDigit(b[j])) {
      const std::string x = NumberAt(a, i, &i), y = NumberAt(b, j, &j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
    }
  }
  if ((a.size() - i) != (b.size() - j)) return a.size() - i < b.size() - j;
  return a < b;  // "1" and "01"
}

bool AreNumbered(const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    const std::string stem = fs::path(name).stem().string();
    return !stem.empty() && IsDigit(stem.back());
  });
}

PosesInput LookAtInput(const fs::path& path) {
  PosesInput input;
  input.path = PlainAbsolute(path);
  std::error_code ec;
  if (!fs::exists(input.path, ec)) throw Error("no photos in " + path.string(), "it does not exist", kWhatIsMeant);
  if (!fs::is_directory(input.path, ec)) {
    input.is_video = scene::HasVideoExtension(input.path);
    if (!input.is_video)
      throw Error(path.string() + " is neither a folder nor a video", "poses are found from several photos",
                  kWhatIsMeant);
    CheckReadable(input.path);
    return input;
  }
  if (scene::HoldsScene(input.path))
    throw UsageError(path.string() + " has its poses already", "",
                     fmt::format("look at it: sanerf info {}; to find them again, name the folder of its photos",
                                 ShellQuoted(path.string())));
  const std::vector<fs::path> folders = PhotoFolders(input.path);
  for (const fs::path& folder : folders) {
    for (const fs::path& photo : scene::ImagesIn(folder)) {
      input.photos.push_back(photo);
      input.names.push_back(folders.size() == 1 ? photo.filename().string()
                                                : photo.lexically_relative(input.path).generic_string());
    }
  }
  if (input.photos.empty()) FailNoPhotos(input.path);
  for (const std::string& name : input.names)
    if (!IsUtf8(name))
      throw Error("a photo in " + input.path.string() + " has a name that is no UTF-8 text", name,
                  "give it another name: files of JSON can hold no other");
  if (input.photos.size() < kFewestPhotos)
    throw Error("too few photos in " + path.string(),
                fmt::format("{} found, and poses need {} or more",
                            Counted(int64_t(input.photos.size()), "photo is", "photos are"), kFewestPhotos),
                "take more, 20 or more around a thing, each sharing most of its picture with the one before");
  std::vector<size_t> order(input.photos.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return NaturalLess(input.names[a], input.names[b]); });
  PosesInput sorted = input;
  for (size_t i = 0; i < order.size(); ++i) {
    sorted.photos[i] = input.photos[order[i]];
    sorted.names[i] = input.names[order[i]];
  }
  return sorted;
}

void CheckPlaceOfScene(const fs::path& scene, const PosesInput& input) {
  const std::string what = "cannot write a scene to " + scene.string();
  const char* const choose = "choose a folder of its own: --out SCENE";
  std::error_code ec;
  if (input.is_video ? LiesIn(input.path, scene)
                     : LiesIn(input.photos[0].parent_path(), scene) || LiesIn(input.path, scene))
    throw UsageError(what, "it would replace what it is made from", choose);
  for (const fs::path& photo : input.photos)
    if (LiesIn(scene, photo.parent_path())) throw UsageError(what, "it lies among the photos", choose);
  if (LiesIn(fs::current_path(), scene))
    throw UsageError(what, "the folder would be replaced, and it is the current one", choose);
  if (!fs::exists(scene, ec)) return;
  if (!fs::is_directory(scene, ec)) throw Error(what, "it is a file", choose);
  if (!fs::is_empty(scene, ec) && !ExistsAsFile(scene / kReportFile))
    throw Error(what, "it exists and holds something else", choose);
}

}  // namespace sanerf::poses
