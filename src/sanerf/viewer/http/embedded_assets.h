// What CMake makes of web/dist: embedded_assets.cmake.
#pragma once

#include <span>
#include <string_view>

namespace sanerf::viewer {

struct Asset {
  std::string_view path;  // "index.html", "assets/index-3f9a.js"
  std::string_view bytes;
};

std::span<const Asset> EmbeddedAssets();  // none: there was no web/dist

}  // namespace sanerf::viewer
