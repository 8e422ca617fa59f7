#include "sanerf/viewer/audience.h"

#include "sanerf/core/json.h"

namespace sanerf::viewer {

void SayMessage(Audience& audience, MessageKind kind, const std::string& text, const std::string& why,
                const std::string& hint) {
  constexpr const char* kNames[] = {"error", "warning", "info"};
  audience.Say("message", {{"kind", kNames[int(kind)]}, {"text", text}, {"why", why}, {"hint", hint}});
}

}  // namespace sanerf::viewer
