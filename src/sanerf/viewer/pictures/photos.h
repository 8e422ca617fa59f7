// The photos as the page shows them: JPEG of the size that it asks for; small ones are kept.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "sanerf/core/stop_token.h"
#include "sanerf/scene/scene.h"

namespace sanerf::viewer {

class Photos {
 public:
  explicit Photos(const scene::Scene& scene) : scene_(scene) {}

  // view: of the scene; size: the longest side. From any thread. Throws InterruptedError, and Error for a file that
  // cannot be read.
  std::string Jpeg(int view, int size, StopToken stop);

 private:
  using Key = std::pair<int, int>;  // view, size
  std::optional<std::string> Kept(const Key& key);

  const scene::Scene& scene_;
  std::mutex decoding_;  // held while a photo is decoded
  std::mutex mutex_;
  std::map<Key, std::string> kept_;
};

}  // namespace sanerf::viewer
