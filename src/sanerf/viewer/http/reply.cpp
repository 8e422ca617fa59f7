#include "sanerf/viewer/http/reply.h"

#include "sanerf/core/json.h"

namespace sanerf::viewer {

HttpResponse ErrorResponse(int status, std::string_view what, std::string_view why, std::string_view hint) {
  const Json json = {{"error", {{"what", what}, {"why", why}, {"hint", hint}}}};
  return {status, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace), {}};
}

}  // namespace sanerf::viewer
