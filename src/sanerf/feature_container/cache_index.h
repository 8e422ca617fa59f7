// RUN/features/index.json: what the cached features were made from, and which views are there.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "sanerf/feature_container/feature_container.h"

namespace sanerf::feature_container {

struct CacheIndex {
  struct Entry {
    std::string file;    // .feat file in the folder
    std::string rgb;     // PNG in the folder
    std::string camera;  // CameraStamp when it was encoded
    std::string photo;   // PhotoStamp then; "" for rendered views, and in indices of older versions
    uint64_t bytes = 0;  // of the .feat file
    bool operator==(const Entry&) const = default;
  };
  EncodeOptions options;
  std::string model_fingerprint, nerf_fingerprint;  // hexadecimal
  std::map<std::string, Entry> views;               // by view name
  std::map<std::string, Entry> outdated;            // of another radiance field or camera; the maps belong to the PNG
};

// Changes when the working camera does, or for photos the size of the photo's file.
std::string CameraStamp(const scene::View& view, const EncodeOptions& options);
// Changes when the contents of the photo's file do; "" when views are rendered. Throws Error when it cannot be read.
std::string PhotoStamp(const scene::View& view, const EncodeOptions& options);
// File name stem for a view name: unique, without folders.
std::string FileStem(const std::string& view_name);
std::string RebuildHint(const std::filesystem::path& folder);  // "run: sanerf encode RUN"

bool HasIndex(const std::filesystem::path& folder);
CacheIndex ReadIndex(const std::filesystem::path& folder);  // throws Error (missing, broken, newer version)
void WriteIndex(const std::filesystem::path& folder, const CacheIndex& index);

// Why the cached views cannot be used any more ("the radiance field was trained again"), none when they can.
std::optional<std::string> WhyStale(const CacheIndex& index, const scene::Scene& scene, uint64_t nerf_fingerprint);

}  // namespace sanerf::feature_container
