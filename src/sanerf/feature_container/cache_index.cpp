#include "sanerf/feature_container/cache_index.h"

#include <fmt/format.h>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/units.h"

namespace sanerf::feature_container {
namespace {

constexpr int kIndexVersion = 1;

std::filesystem::path IndexPath(const std::filesystem::path& folder) { return folder / "index.json"; }

std::string FileName(const JsonCursor& cursor) {
  const std::string name = cursor.String();
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos) {
    cursor.Fail("'" + name + "' is not the name of a file in this folder");
  }
  return name;
}

std::map<std::string, CacheIndex::Entry> ReadEntries(const JsonCursor& views) {
  std::map<std::string, CacheIndex::Entry> entries;
  for (size_t i = 0; i < views.size(); ++i) {
    const JsonCursor entry = views[i];
    entries[entry["view"].String()] = {FileName(entry["file"]), FileName(entry["rgb"]), entry["camera"].String(),
                                       entry.StringOr("photo", ""), static_cast<uint64_t>(entry["bytes"].Integer())};
  }
  return entries;
}

Json EntriesJson(const std::map<std::string, CacheIndex::Entry>& entries) {
  Json views = Json::array();
  for (const auto& [name, entry] : entries) {
    views.push_back(
        {{"view", name}, {"file", entry.file}, {"rgb", entry.rgb}, {"camera", entry.camera}, {"bytes", entry.bytes}});
    if (!entry.photo.empty()) views.back()["photo"] = entry.photo;
  }
  return views;
}

}  // namespace

std::string CameraStamp(const scene::View& view, const EncodeOptions& options) {
  // Nine digits: another compiler's last bit must not make a cache stale.
  const Camera camera = WorkingCamera(view, options.size);
  std::string text = fmt::format("{}x{}", camera.width, camera.height);
  const LensTerms& d = camera.lens.terms();
  for (const double value : {camera.fx, camera.fy, camera.cx, camera.cy, d.k1, d.k2, d.p1, d.p2}) {
    text += fmt::format(" {:.9g}", value);
  }
  text += camera.lens.TextBeyondFour();
  for (int i = 0; i < 9; ++i) text += fmt::format(" {:.9f}", camera.world_from_cam.rotation(i / 3, i % 3));
  for (int i = 0; i < 3; ++i) text += fmt::format(" {:.9g}", camera.world_from_cam.translation[i]);
  if (camera.time != 0) text += fmt::format(" at {:.9g}", camera.time);
  if (options.source == EncodedPicture::kPhoto) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(view.image_path, error);
    text += fmt::format(" photo {}", error ? 0 : bytes);
  }
  return Sha256(text).substr(0, 16);
}

std::string PhotoStamp(const scene::View& view, const EncodeOptions& options) {
  return options.source == EncodedPicture::kPhoto ? KnownHashes().Of(view.image_path).substr(0, 16) : "";
}

std::string FileStem(const std::string& view_name) {
  std::string stem = view_name;
  for (char& c : stem) {
    if (c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 32) c = '_';
  }
  if (!stem.empty() && stem.front() == '.') stem.front() = '_';
  // Two names may become one; a piece of the original's hash keeps them apart. Long names would not fit the file
  // system.
  if (stem == view_name && stem.size() <= 120) return stem;
  return stem.substr(0, 120) + "-" + Sha256(view_name).substr(0, 8);
}

std::string RebuildHint(const std::filesystem::path& folder) {
  const std::filesystem::path run = folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
  return fmt::format("run: sanerf encode {}", run.empty() ? "." : ShellQuoted(run.string()));
}

bool HasIndex(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::exists(IndexPath(folder), ignored);
}

CacheIndex ReadIndex(const std::filesystem::path& folder) {
  if (!HasIndex(folder))
    throw Error(folder.string() + ": no encoded views here", "index.json is missing", RebuildHint(folder));
  const Json json = ReadJsonFile(IndexPath(folder));
  const JsonCursor root(json, IndexPath(folder).string());
  if (root.StringOr("format", "") != "sanerf-features")
    root.Fail("not the index of a feature cache", RebuildHint(folder));
  if (const int64_t version = root["version"].Integer(); version != kIndexVersion) {
    root.Fail(fmt::format("format {}, this program reads format {}", version, kIndexVersion), RebuildHint(folder));
  }

  CacheIndex index;
  index.options.model = root["options"]["model"].String();
  const std::string source = root["options"]["source"].String();
  index.options.source = EncodedPicture::kPhoto;
  if (source == NameOf(EncodedPicture::kRender)) {
    index.options.source = EncodedPicture::kRender;
  } else if (source != NameOf(EncodedPicture::kPhoto)) {
    root["options"]["source"].Fail("expected photo or render", RebuildHint(folder));
  }
  index.options.size = static_cast<int>(root["options"]["size"].IntegerIn(1, 1 << 20));
  index.model_fingerprint = root["model_fingerprint"].String();
  index.nerf_fingerprint = root["nerf_fingerprint"].String();
  index.views = ReadEntries(root["views"]);
  if (root.Has("outdated")) index.outdated = ReadEntries(root["outdated"]);
  return index;
}

void WriteIndex(const std::filesystem::path& folder, const CacheIndex& index) {
  WriteJsonFile(
      IndexPath(folder),
      {{"format", "sanerf-features"},
       {"version", kIndexVersion},
       {"options",
        {{"model", index.options.model}, {"source", NameOf(index.options.source)}, {"size", index.options.size}}},
       {"model_fingerprint", index.model_fingerprint},
       {"nerf_fingerprint", index.nerf_fingerprint},
       {"views", EntriesJson(index.views)},
       {"outdated", EntriesJson(index.outdated)}});
}

std::optional<std::string> WhyStale(const CacheIndex& index, const scene::Scene& scene, uint64_t nerf_fingerprint) {
  if (index.nerf_fingerprint != HexFingerprint(nerf_fingerprint)) return "the radiance field has changed since";
  for (const scene::View& view : scene.views) {
    const auto entry = index.views.find(view.name);
    if (entry == index.views.end()) continue;
    if (!entry->second.photo.empty() && entry->second.photo != PhotoStamp(view, index.options))
      return fmt::format("the photo of view {} has changed since", view.name);
    if (entry->second.camera != CameraStamp(view, index.options)) {
      return fmt::format("the {} of view {} has changed since",
                         index.options.source == EncodedPicture::kPhoto ? "camera or photo" : "camera", view.name);
    }
  }
  return std::nullopt;
}

}  // namespace sanerf::feature_container
