#include "sanerf/scene/find_photo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kFileAddress = "file://";
// Photos that other programs list and that may have been converted since.
constexpr std::array<std::string_view, 19> kOtherExtensions = {
    ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".exr", ".bmp", ".gif", ".jxl",
    ".dng", ".cr2",  ".cr3",  ".nef",  ".arw",  ".orf",  ".raf", ".rw2", ".tga"};

// Not a name that merely has a point in it ("frame.0001").
bool EndsAsPhoto(const fs::path& name) {
  const std::string extension = LowerExtension(name);
  return HasImageExtension(name) ||
         std::find(kOtherExtensions.begin(), kOtherExtensions.end(), extension) != kOtherExtensions.end();
}

std::string WithoutPercents(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && std::isxdigit(uint8_t(text[i + 1])) != 0 &&
                           std::isxdigit(uint8_t(text[i + 2])) != 0;
    const int code = is_escape ? std::stoi(text.substr(i + 1, 2), nullptr, 16) : 0;
    if (code == 0) {
      plain += text[i];
      continue;
    }
    plain += char(code);
    i += 2;
  }
  return plain;
}

// "C:/photos/1.jpg"
bool HasDrive(const std::string& name) {
  return name.size() > 2 && std::isalpha(uint8_t(name[0])) != 0 && name[1] == ':' && name[2] == '/';
}

// Parts of a path that leads to another place than below the folder that it stands in; empty for any other.
std::vector<fs::path> PartsOfForeignPath(const std::string& plain) {
  const fs::path path = fs::path(plain).lexically_normal();
  const bool leads_out = !path.empty() && *path.begin() == "..";
  if (!path.is_absolute() && !HasDrive(plain) && !leads_out) return {};
  std::vector<fs::path> parts;
  for (const fs::path& part : path.relative_path()) {
    if (part != "..") parts.push_back(part);
  }
  return parts;
}

void FailIfNul(const fs::path& folder, const std::string& listed) {
  const size_t end = listed.find('\0');
  if (end == std::string::npos) return;
  throw Error(folder.string(),
              fmt::format("the listed name '{}\\0{}' has a NUL character in it", listed.substr(0, end),
                          listed.substr(end + 1, listed.find('\0', end + 1) - end - 1)),
              "a file's name cannot have one: correct it where it is listed");
}

}  // namespace

std::string PlainName(const std::string& listed) {
  std::string name = listed;
  if (name.rfind(kByteOrderMark, 0) == 0) name.erase(0, kByteOrderMark.size());
  std::replace(name.begin(), name.end(), '\\', '/');
  if (LowerCase(name.substr(0, kFileAddress.size())) == kFileAddress) {
    name.erase(0, kFileAddress.size());
    if (LowerCase(name.substr(0, 10)) == "localhost/") name.erase(0, 9);
    if (name.size() > 1 && name[0] == '/' && HasDrive(name.substr(1))) name.erase(0, 1);  // file:///C:/photos
  }
  while (name.rfind("./", 0) == 0) name.erase(0, 2);
  return name;
}

const PhotoFinder::Contents& PhotoFinder::ContentsOf(const fs::path& folder) {
  const auto [known, is_new] = known_.try_emplace(folder);
  Contents& contents = known->second;
  if (!is_new) return contents;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    const fs::path& path = entry.path();
    if (entry.is_directory(ec)) {
      contents.folders.push_back(path.filename().string());
    } else if (HasImageExtension(path) && ExistsAsFile(path)) {
      contents.images[LowerCase(path.stem().string())].push_back(path.filename().string());
    }
  }
  for (auto& [stem, images] : contents.images) {
    if (std::any_of(images.begin(), images.end(), HasUsualImageExtension))
      std::erase_if(images, [](const std::string& name) { return !HasUsualImageExtension(name); });
    std::sort(images.begin(), images.end());
  }
  return contents;
}

// The folder of that name inside of `folder`; all that differ by case alone when there is none.
PhotoFinder::Candidates PhotoFinder::FoldersLike(const fs::path& folder, const fs::path& name) {
  Candidates places = {folder};
  for (const fs::path& part : name) {
    Candidates inside;
    std::error_code ec;
    for (const fs::path& place : places) {
      if (part == "." || part == ".." || fs::is_directory(place / part, ec)) {
        inside.push_back((place / part).lexically_normal());
        continue;
      }
      const std::string lower = LowerCase(part.string());
      for (const std::string& other : ContentsOf(place).folders)
        if (LowerCase(other) == lower) inside.push_back(place / other);
    }
    places = std::move(inside);
  }
  return places;
}

// Not as it stands: with an extension, with another one, in another case. Of the first kind that there is.
PhotoFinder::Candidates PhotoFinder::SearchIn(const fs::path& folder, const std::string& name) {
  const std::string stem = EndsAsPhoto(name) ? fs::path(name).stem().string() : name;
  const auto images_of = [&](const std::string& lower) {
    const auto& images = ContentsOf(folder).images;
    const auto found = images.find(lower);
    return found == images.end() ? std::vector<std::string>() : found->second;
  };
  Candidates case_of_extension, extended, other_extension, any_case;
  for (const std::string& image : images_of(LowerCase(stem))) {
    const bool has_stem = fs::path(image).stem().string() == stem;
    if (has_stem && LowerCase(image) == LowerCase(name)) case_of_extension.push_back(folder / image);
    if (has_stem) other_extension.push_back(folder / image);
    any_case.push_back(folder / image);
  }
  for (const std::string& image : images_of(LowerCase(name)))
    if (fs::path(image).stem().string() == name) extended.push_back(folder / image);
  for (Candidates* kind : {&case_of_extension, &extended, &other_extension, &any_case})
    if (!kind->empty()) return *kind;
  return {};
}

PhotoFinder::Candidates PhotoFinder::SearchName(const fs::path& folder, const fs::path& name) {
  const fs::path path = (folder / name).lexically_normal();
  if (ExistsAsFile(path)) return {path};
  if (!path.has_filename()) return {};
  if (name.is_absolute()) return SearchIn(path.parent_path(), path.filename().string());
  Candidates found;
  for (const fs::path& place : FoldersLike(folder, name.parent_path())) {
    if (ExistsAsFile(place / name.filename())) {
      found.push_back(place / name.filename());
      continue;
    }
    const Candidates here = SearchIn(place, name.filename().string());
    found.insert(found.end(), here.begin(), here.end());
  }
  return found;
}

PhotoFinder::Candidates PhotoFinder::Search(const fs::path& folder, const std::string& listed) {
  FailIfNul(folder, listed);
  if (listed.empty()) return {};
  const std::string plain = PlainName(listed), resolved = WithoutPercents(plain);
  std::vector<std::string> names = {listed};
  for (const std::string& name : {plain, resolved})
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  for (const std::string& name : names) {
    const fs::path path = (folder / name).lexically_normal();
    if (ExistsAsFile(path)) return {path};
  }
  for (const std::string& name : names) {
    if (Candidates found = SearchName(folder, name); !found.empty()) return found;
  }
  // The longest end that exists, counted in parts: an escaped name may have a shorter one by chance.
  const std::vector<fs::path> ways[] = {PartsOfForeignPath(plain), PartsOfForeignPath(resolved)};
  for (size_t length = std::max(ways[0].size(), ways[1].size()); length > 0; --length) {
    for (const std::vector<fs::path>& parts : ways) {
      if (parts.size() < length) continue;
      fs::path end;
      for (size_t part = parts.size() - length; part < parts.size(); ++part) end /= parts[part];
      if (Candidates found = SearchName(folder, end); !found.empty()) return found;
    }
  }
  return {};
}

std::optional<fs::path> PhotoFinder::Find(const fs::path& folder, const std::string& listed) {
  const Candidates found = Search(folder, listed);
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return found[0];
  throw Error(folder.string(),
              fmt::format("the listed name '{}' fits both {} and {}", listed, NameInScene(folder, found[0]),
                          NameInScene(folder, found[1])),
              "remove or rename the one that is not meant, or correct the name where it is listed");
}

bool PhotoFinder::Has(const fs::path& folder, const std::string& listed) { return !Search(folder, listed).empty(); }

std::optional<fs::path> FindListedImage(const fs::path& folder, const std::string& listed) {
  return PhotoFinder().Find(folder, listed);
}

}  // namespace sanerf::scene
