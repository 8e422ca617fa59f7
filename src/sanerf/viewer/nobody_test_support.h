// For tests: an audience that does not listen.
#pragma once

#include <string>

#include "sanerf/core/json.h"
#include "sanerf/viewer/audience.h"

namespace sanerf::viewer {

struct Nobody : Audience {
  void StateChanged() override {}
  void Say(const std::string&, const Json&) override {}
};

}  // namespace sanerf::viewer
