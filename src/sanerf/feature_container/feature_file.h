// One view of the feature cache on disk.
//
//   8 bytes  magic "SANFEAT\n"      4 bytes  version      4 bytes  length of the JSON header
//   JSON     {"view", "image": [w, h], "payload_bytes", "sections": [{"name", "type", "shape", "offset", "bytes",
//   "hash"}]} payload  depth (f4), opacity (u1), then the encoder's maps (f2), all little endian
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sanerf/core/image.h"
#include "sanerf/sam/sam.h"

namespace sanerf::feature_container {

struct StoredView {
  std::string view;  // name in the scene
  ImageF depth, opacity;
  sam::SamFeatures features;
};

// The hash that a section with these contents carries. For tests that put other bytes into a file.
std::string FeatureHash(std::string_view bytes);

// The file's bytes. Throws Error when a map holds a value that half precision cannot hold (not finite, beyond 65504).
std::string EncodeViewFile(const StoredView& stored);

// Reads all of the file and compares it with the hashes in it. Throws what the readers throw, also when depth is not
// width x height.
void CheckViewFile(const std::filesystem::path& path, const std::string& view, int width, int height);

// Readers throw Error (missing, truncated, damaged, newer version, another view); rebuild_hint is the error's hint.
struct ViewGeometry {
  ImageF depth, opacity;
};
ViewGeometry ReadViewGeometry(const std::filesystem::path& path, const std::string& view,
                              const std::string& rebuild_hint);
sam::SamFeatures ReadViewFeatures(const std::filesystem::path& path, const std::string& view,
                                  const std::string& rebuild_hint);

}  // namespace sanerf::feature_container
