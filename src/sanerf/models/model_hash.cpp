#include "sanerf/models/model_hash.h"

#include "sanerf/core/byte_text.h"
#include "sanerf/core/content_hash.h"
#include "sanerf/core/files.h"
#include "sanerf/models/onnx_graph.h"

namespace fs = std::filesystem;

namespace sanerf::models {

std::string HashesOfModel(const fs::path& model) {
  const std::string bytes = ReadFile(model);
  std::string hashes = KnownHashes().Of(model);
  for (const std::string& name : ExternalFiles(bytes)) {
    const fs::path weights = model.parent_path() / name;
    // Loading the model complains about a missing one.
    if (ExistsAsFile(weights)) hashes += KnownHashes().Of(weights);
  }
  return hashes;
}

uint64_t FingerprintOf(const std::string& hashes) { return std::stoull(Sha256(hashes).substr(0, 16), nullptr, 16); }

}  // namespace sanerf::models
