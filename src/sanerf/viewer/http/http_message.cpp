#include "sanerf/viewer/http/http_message.h"

namespace sanerf::viewer {

const std::string* HttpRequest::Header(std::string_view name) const {
  for (const auto& [other, value] : headers)
    if (other == name) return &value;
  return nullptr;
}

}  // namespace sanerf::viewer
