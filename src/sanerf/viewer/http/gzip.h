// Bytes as a browser unpacks them by itself (Content-Encoding: gzip).
#pragma once

#include <string>
#include <string_view>

namespace sanerf::viewer {

std::string Gzip(std::string_view bytes);

}  // namespace sanerf::viewer
