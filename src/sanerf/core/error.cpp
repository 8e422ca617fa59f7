#include "sanerf/core/error.h"

namespace sanerf {

Error::Error(std::string what, std::string why, std::string hint) : text_(std::move(what)), hint_(std::move(hint)) {
  if (!why.empty()) text_ += ": " + why;
}

}  // namespace sanerf
